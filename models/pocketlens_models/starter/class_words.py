"""Everyday words for the ImageNet classes, in both languages.

The class list names species and parts where people name the thing: a photo of a "macaw" is searched as a parrot
or a bird. Each line gives classes (numbers and ranges) and the words that hold for all of them; a class may
be in several lines.
"""

from __future__ import annotations

from collections.abc import Sequence

_TABLE = """\
0-6 389-397|fish|鱼
2-4|shark|鲨鱼
7-24 80-100 127-146|bird|鸟
7-8|chicken|鸡
22|eagle|老鹰
24|owl|猫头鹰
84|peacock|孔雀
87-90|parrot|鹦鹉
97|duck|鸭子
99|goose|鹅
100|swan|天鹅
130|flamingo|火烈鸟
145|penguin|企鹅
30-32|frog|青蛙
33-37|turtle|乌龟
38-48|lizard|蜥蜴
49-50|crocodile|鳄鱼
52-68|snake|蛇
70-77|spider|蜘蛛
104|kangaroo|袋鼠
105|koala|考拉
107|jellyfish|水母
109 973|coral under water|珊瑚
118-121|crab|螃蟹
122-124|lobster|龙虾
147-148|whale|鲸鱼
150|sea lion|海狮
151-268|dog|狗
269-272|wolf|狼
277-280|fox|狐狸
281-285|cat|猫
288-290|leopard|豹子
291|lion|狮子
292|tiger|老虎
294-297|bear|熊
300-318|insect|昆虫
309|bee|蜜蜂
319-320|dragonfly|蜻蜓
321-326|butterfly|蝴蝶
330-332|rabbit|兔子
333|hamster|仓鼠
335|squirrel|松鼠
339|horse|马
340|zebra|斑马
341-343|pig|猪
345-347|cow|牛
348-350|sheep|羊
351-353|antelope|羚羊
354-355|camel|骆驼
365-369|ape|猩猩
370-384|monkey|猴子
101 385-386|elephant|大象
387|red panda|小熊猫
388|panda|大熊猫
404 895|airplane|飞机
407 436 468 511 609 627 656 661 751 817|car|汽车
409 530 826 892|clock|时钟
417|hot air balloon|热气球
430|basketball|篮球
437|lighthouse|灯塔
440-441|beer|啤酒
444 671|bicycle|自行车
445|swimsuit at the beach|泳衣
449|harbor|码头
453|bookshelf|书架
454|bookshop|书店
466|high-speed train|高铁
468|taxi|出租车
472 576 625 814|boat|小船
483|castle|城堡
487|mobile phone|手机
497 663 832 668|temple or church|寺庙和教堂
504 968|coffee cup|咖啡杯
508|keyboard|键盘
510 628|ship|轮船
525|dam|水坝
526 527|desk with a computer|电脑桌
532|dining table|餐桌
541|drum|鼓
402 546|guitar|吉他
402 541 546 579 683 776 822 881 889|music instrument|乐器
555|fire engine|消防车
562|fountain|喷泉
574|golf|高尔夫
579 881|piano|钢琴
614|kimono|和服
620 681|laptop|笔记本电脑
624|library|图书馆
665 670|motorcycle|摩托车
672|tent and camping|帐篷露营
698|palace|宫殿
701|parachute|降落伞
703|bench|长椅
718|pier by the sea|海边栈桥
736|billiards|台球
738|potted plant|盆栽
762|restaurant|餐厅
768|rugby|橄榄球
780 914|sailboat|帆船
801 983|diving under water|潜水
805|soccer|足球
819|concert on a stage|舞台演出
820 705|train|火车
821 839 888|bridge|大桥
829 874|tram|电车
831|sofa|沙发
842 433|swimming pool|游泳池
843|swing|秋千
849|teapot|茶壶
850|teddy bear|玩具熊
867 569 675 717|truck|卡车
716|fence|栅栏
779|school bus|校车
874 779|bus|公交车
879|umbrella|雨伞
883|vase with flowers|花瓶
889|violin|小提琴
890|volleyball|排球
907 966|wine|红酒
916|website screenshot|网页截图
917|comic book|漫画书
919|street sign|路牌
920|traffic light|红绿灯
921|book|书
922|menu|菜单
925|soup|汤
926|hot pot|火锅
924-927 935 959-965|food|美食
928-929|ice cream|冰淇淋
930-932|bread|面包
933|hamburger|汉堡
934|hot dog|热狗
936-946|vegetables|蔬菜
947 991-997|mushroom|蘑菇
948-957|fruit|水果
948|apple|苹果
949|strawberry|草莓
950|orange|橙子
951|lemon|柠檬
953|pineapple|菠萝
954|banana|香蕉
963|pizza|披萨
967|coffee|咖啡
970|snowy mountains|雪山
970 979 980|mountain landscape|山
972 976|cliff by the sea|悬崖
974|hot spring|温泉
975|lake|湖
977-978|beach and sea|海边沙滩
980|volcano|火山
981|baseball|棒球
982|wedding|婚礼
984-986|flower|花
985|daisy flower|雏菊
986|orchid|兰花
987 998|corn|玉米
"""


def everyday_words(names: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """For each class its first two listed names and what the table adds."""
    words = [[*each[:2], f"a photo of a {each[0]}"] for each in names]
    for line in _TABLE.splitlines():
        numbers, english, chinese = line.split("|")
        for span in numbers.split():
            first, _, last = span.partition("-")
            for number in range(int(first), int(last or first) + 1):
                words[number] += [english, chinese]
    return [tuple(each) for each in words]
