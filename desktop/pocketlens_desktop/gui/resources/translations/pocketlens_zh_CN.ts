<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AddressForm</name>
    <message>
        <source>For a finished package of {model} that somebody offers. Size and SHA-256 are in the record that lies beside it; only a file that matches them is installed.</source>
        <translation>用于下载他人提供的 {model} 成品包。大小和 SHA-256 写在包旁边的记录文件里；只有完全相符的文件才会被安装。</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Size in bytes</source>
        <translation>大小（字节）</translation>
    </message>
    <message>
        <source>SHA-256</source>
        <translation>SHA-256</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>AlbumChip</name>
    <message>
        <source>All albums</source>
        <extracomment>Of a name, in pixels.</extracomment>
        <translation>所有相册</translation>
    </message>
    <message>
        <source>Album: {name}</source>
        <translation>相册：{name}</translation>
    </message>
</context>
<context>
    <name>AlbumList</name>
    <message numerus="yes">
        <source>and %n more album(s)</source>
        <extracomment>Albums shown at once; the rest are counted. A phone has some ten to thirty.</extracomment>
        <translation>
            <numerusform>另有 %n 个相册</numerusform>
        </translation>
    </message>
    <message>
        <source>Show its photos</source>
        <translation>查看其中的照片</translation>
    </message>
    <message>
        <source>Copy its photos to this computer…</source>
        <translation>把其中的照片复制到这台电脑…</translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) on the phone, {indexed} indexed</source>
        <translation>
            <numerusform>手机上有 %n 张照片，已索引 {indexed} 张</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CacheCard</name>
    <message>
        <source>No limit</source>
        <extracomment>Millions of bytes: of the thumbnails of some 5,000 photos, and each twice the one before.</extracomment>
        <translation>不限</translation>
    </message>
    <message>
        <source>Cache</source>
        <translation>缓存</translation>
    </message>
    <message>
        <source>Small pictures for the grid and a copy of the index. Beyond the limit the oldest pictures go first.</source>
        <translation>网格里的小图和索引副本。超过上限时，最早的小图先被删除。</translation>
    </message>
    <message>
        <source>Thumbnails at most</source>
        <translation>缩略图上限</translation>
    </message>
    <message>
        <source>Kept in</source>
        <translation>存放位置</translation>
    </message>
    <message>
        <source>Move…</source>
        <translation>移动…</translation>
    </message>
    <message>
        <source>Choose another folder for the cache</source>
        <translation>为缓存选择另一个文件夹</translation>
    </message>
    <message>
        <source>Usual place</source>
        <translation>默认位置</translation>
    </message>
</context>
<context>
    <name>Choosing</name>
    <message>
        <source>These cannot be dragged: export them first.</source>
        <translation>这些照片无法拖出，请先导出。</translation>
    </message>
</context>
<context>
    <name>Confirmation</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>DateChooser</name>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>最近 7 天</translation>
    </message>
    <message>
        <source>This month</source>
        <translation>本月</translation>
    </message>
    <message>
        <source>Last month</source>
        <translation>上月</translation>
    </message>
    <message>
        <source>This year</source>
        <translation>今年</translation>
    </message>
    <message>
        <source>Last year</source>
        <translation>去年</translation>
    </message>
    <message>
        <source>Any time</source>
        <translation>任何时间</translation>
    </message>
    <message>
        <source>Click a month, or drag over several.</source>
        <translation>点击一个月份，或拖过几个月份。</translation>
    </message>
    <message>
        <source>Photos by month</source>
        <translation>按月份的照片</translation>
    </message>
</context>
<context>
    <name>Examples</name>
    <message>
        <source>Try:</source>
        <translation>试试：</translation>
    </message>
    <message>
        <source>a cat</source>
        <translation>猫</translation>
    </message>
    <message>
        <source>food on a table</source>
        <translation>桌上的食物</translation>
    </message>
    <message>
        <source>mountains</source>
        <translation>山</translation>
    </message>
    <message>
        <source>a receipt</source>
        <translation>收据</translation>
    </message>
</context>
<context>
    <name>ExportStrip</name>
    <message>
        <source>Show the folder</source>
        <translation>显示文件夹</translation>
    </message>
    <message>
        <source>Stop. What was copied stays.</source>
        <translation>停止。已复制的照片会保留。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Copying: {done} of {total}</source>
        <translation>正在复制：{done} / {total}</translation>
    </message>
    <message>
        <source>Looking for photos on the phone</source>
        <translation>正在手机上查找照片</translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) copied</source>
        <translation>
            <numerusform>已复制 %n 张照片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n there already</source>
        <translation>
            <numerusform>%n 张已存在</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be copied</source>
        <translation>
            <numerusform>%n 张无法复制</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Exports</name>
    <message>
        <source>Choose a folder for the copies</source>
        <translation>选择存放副本的文件夹</translation>
    </message>
</context>
<context>
    <name>FetchStrip</name>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>This is the small picture.</source>
        <translation>这是缩略图。</translation>
    </message>
    <message>
        <source>Fetching the photo: {done} of {total}</source>
        <translation>正在获取照片：{done} / {total}</translation>
    </message>
    <message>
        <source>Fetching the photo from the phone</source>
        <translation>正在从手机获取照片</translation>
    </message>
    <message>
        <source>This picture has more than {most} megapixels, the most that are opened here.</source>
        <translation>这张图片超过 {most} 百万像素，这里最多打开这么大的图片。</translation>
    </message>
    <message>
        <source>This photo cannot be decoded: its file is damaged, or of a format that is not read here.</source>
        <translation>无法解码这张照片：文件已损坏，或其格式在这里无法读取。</translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message>
        <source>Date</source>
        <extracomment>More than a screen is high are no menu any more; any place can be typed: near:Hangzhou.</extracomment>
        <translation>日期</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>地点</translation>
    </message>
    <message>
        <source>Remove the filter {text}</source>
        <translation>移除筛选条件 {text}</translation>
    </message>
    <message>
        <source>All kinds</source>
        <translation>所有类型</translation>
    </message>
    <message>
        <source>Only favourites: {count}</source>
        <translation>仅收藏：{count}</translation>
    </message>
    <message>
        <source>Anywhere</source>
        <translation>任何地点</translation>
    </message>
    <message>
        <source>Favourites</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>Only favourites</source>
        <translation>仅收藏</translation>
    </message>
</context>
<context>
    <name>FoldersPage</name>
    <message>
        <source>Folders</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>PocketLens only reads your photos; it never changes or moves them.</source>
        <translation>PocketLens 只读取照片，绝不会修改或移动它们。</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>选择文件夹…</translation>
    </message>
    <message>
        <source>No folder yet</source>
        <translation>还没有文件夹</translation>
    </message>
    <message>
        <source>Choose one with photos, or drop it anywhere in this window. All folders in it are looked at too.</source>
        <translation>选择一个有照片的文件夹，或把它拖到窗口的任何地方。其中的子文件夹也会包括在内。</translation>
    </message>
</context>
<context>
    <name>InfoPanel</name>
    <message>
        <source>Words in it</source>
        <translation>图中文字</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Album</source>
        <translation>相册</translation>
    </message>
    <message>
        <source>Taken</source>
        <translation>拍摄时间</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>相机</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>地点</translation>
    </message>
</context>
<context>
    <name>JobStrip</name>
    <message>
        <source>Go on</source>
        <extracomment>Steps of the bar: finer than any screen is wide, and within an int for any album.</extracomment>
        <translation>继续</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Stop. What was indexed is kept.</source>
        <translation>停止。已索引的内容会保留。</translation>
    </message>
    <message>
        <source>Stopping after the photos in hand</source>
        <translation>处理完手头的照片后停止</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read</source>
        <translation>
            <numerusform>%n 张无法读取</numerusform>
        </translation>
    </message>
    <message>
        <source>Indexing, {percent} %</source>
        <translation>正在索引，{percent}%</translation>
    </message>
</context>
<context>
    <name>LikeChip</name>
    <message>
        <source>Search no more for what is like this picture</source>
        <extracomment>The chip&apos;s own height, and the widest that a name may be, in pixels.</extracomment>
        <translation>不再按此图片搜索相似照片</translation>
    </message>
    <message>
        <source>Similar to {name}</source>
        <translation>与 {name} 相似</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Choose a folder of photos</source>
        <extracomment>The phone page&apos;s place.</extracomment>
        <translation>选择照片文件夹</translation>
    </message>
    <message>
        <source>Choose a folder for the cache</source>
        <translation>为缓存选择一个文件夹</translation>
    </message>
    <message>
        <source>Photo</source>
        <translation>照片</translation>
    </message>
</context>
<context>
    <name>MemoryPlot</name>
    <message>
        <source>{title}: {private} MB private, {resident} MB resident</source>
        <extracomment>Of what a gridline may stand for: the smallest that gives no more than four lines is taken.</extracomment>
        <translation>{title}：私有 {private} MB，常驻 {resident} MB</translation>
    </message>
    <message>
        <source>start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>check</source>
        <translation>校验</translation>
    </message>
    <message>
        <source>load</source>
        <translation>加载</translation>
    </message>
    <message>
        <source>first</source>
        <translation>首次</translation>
    </message>
    <message>
        <source>at work</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>end</source>
        <translation>结束</translation>
    </message>
    <message>
        <source>private</source>
        <translation>私有</translation>
    </message>
    <message>
        <source>resident</source>
        <translation>常驻</translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <source>Use this model</source>
        <translation>使用此模型</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Download from…</source>
        <translation>从地址下载…</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>installed</source>
        <translation>已安装</translation>
    </message>
    <message>
        <source>recommended</source>
        <translation>推荐</translation>
    </message>
    <message>
        <source>It cannot be used: its files are damaged or of another version.</source>
        <translation>无法使用：文件已损坏或版本不符。</translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) still have to be looked at with it.</source>
        <translation>
            <numerusform>还有 %n 张照片需要用它识别。</numerusform>
        </translation>
    </message>
    <message>
        <source>{size} on disk</source>
        <translation>占用磁盘 {size}</translation>
    </message>
    <message>
        <source>memory: {indexing} while indexing, {searching} while searching</source>
        <translation>内存：索引时 {indexing}，搜索时 {searching}</translation>
    </message>
    <message>
        <source>licence: {name}</source>
        <translation>许可证：{name}</translation>
    </message>
    <message>
        <source>PocketLens cannot use this model yet.</source>
        <translation>PocketLens 暂时还不能使用此模型。</translation>
    </message>
    <message>
        <source>Build it from its authors&apos; file: {address}
{command}</source>
        <translation>用作者发布的文件构建：{address}
{command}</translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) have to be looked at once more with this model. You can go on searching with the old one until that is done, and stop at any time; nothing that is indexed is lost.</source>
        <translation>
            <numerusform>有 %n 张照片需要用此模型重新识别一遍。完成之前仍可用旧模型搜索，也可以随时停止；已建立的索引不会丢失。</numerusform>
        </translation>
    </message>
    <message>
        <source>At its measured speed: {time}.</source>
        <translation>按实测速度：{time}。</translation>
    </message>
    <message numerus="yes">
        <source>%n of them are on phones: after the switch those are not found until the phone is checked again.</source>
        <translation>
            <numerusform>其中 %n 张在手机上：切换后要再次检查手机才能搜到它们。</numerusform>
        </translation>
    </message>
    <message>
        <source>Switch</source>
        <translation>切换</translation>
    </message>
    <message>
        <source>Memory while indexing</source>
        <translation>索引时的内存</translation>
    </message>
    <message>
        <source>Memory while searching</source>
        <translation>搜索时的内存</translation>
    </message>
</context>
<context>
    <name>ModelsPage</name>
    <message>
        <source>Choose a model package</source>
        <translation>选择模型包</translation>
    </message>
    <message>
        <source>Model packages (*.zip)</source>
        <translation>模型包 (*.zip)</translation>
    </message>
    <message>
        <source>Choose the folder of a model package</source>
        <translation>选择模型包所在的文件夹</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>A model looks at the photos and understands the words. It runs on this computer alone.</source>
        <translation>模型负责看懂照片、理解文字，只在这台电脑上运行。</translation>
    </message>
    <message>
        <source>Install…</source>
        <translation>安装…</translation>
    </message>
    <message>
        <source>From a file…</source>
        <translation>从文件…</translation>
    </message>
    <message>
        <source>From a folder…</source>
        <translation>从文件夹…</translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Repair it</source>
        <translation>修复</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>关闭此消息</translation>
    </message>
</context>
<context>
    <name>PhoneCard</name>
    <message>
        <source>Check for changes</source>
        <translation>检查变化</translation>
    </message>
    <message>
        <source>Index on this computer</source>
        <translation>在这台电脑上索引</translation>
    </message>
    <message>
        <source>More about {name}</source>
        <translation>{name} 的更多操作</translation>
    </message>
    <message>
        <source>Putting the engine on the phone: {done} of {total}</source>
        <translation>正在把引擎放到手机上：{done} / {total}</translation>
    </message>
    <message>
        <source>Copy all its photos to this computer…</source>
        <translation>把所有照片复制到这台电脑…</translation>
    </message>
    <message>
        <source>Forget this phone (its photos stay on it)</source>
        <translation>忘记这部手机（照片仍留在手机上）</translation>
    </message>
    <message>
        <source>Put the engine on this phone</source>
        <translation>把引擎放到这部手机上</translation>
    </message>
    <message>
        <source>Remove the engine from this phone</source>
        <translation>从这部手机移除引擎</translation>
    </message>
    <message>
        <source>The phone is being prepared…</source>
        <translation>正在准备手机…</translation>
    </message>
    <message>
        <source>Has the engine with “{model}”: {ms} ms a photo on one of its {cores} cores.</source>
        <translation>已装有引擎（模型“{model}”）：{cores} 个核心，单核每张照片 {ms} 毫秒。</translation>
    </message>
    <message>
        <source>How fast this phone is will be known once the engine is on it (see its menu).</source>
        <translation>把引擎放到手机上后（见菜单）才知道它有多快。</translation>
    </message>
    <message>
        <source>Index on the phone</source>
        <translation>在手机上索引</translation>
    </message>
    <message>
        <source>Index this phone</source>
        <translation>索引这部手机</translation>
    </message>
    <message>
        <source>Not plugged in.</source>
        <translation>未连接。</translation>
    </message>
    <message>
        <source>Not plugged in. Its photos can be searched all the same.</source>
        <translation>未连接。其中的照片仍可搜索。</translation>
    </message>
    <message>
        <source>Android {version}</source>
        <translation>Android {version}</translation>
    </message>
    <message>
        <source>{free} free of {total}</source>
        <translation>可用 {free}，共 {total}</translation>
    </message>
    <message>
        <source>battery {percent} %</source>
        <translation>电量 {percent} %</translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s)</source>
        <translation>
            <numerusform>%n 张照片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read</source>
        <translation>
            <numerusform>%n 张无法读取</numerusform>
        </translation>
    </message>
    <message>
        <source>checked {when}</source>
        <translation>检查于 {when}</translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) on it, none of them indexed yet.</source>
        <translation>
            <numerusform>手机上有 %n 张照片，都还没有索引。</numerusform>
        </translation>
    </message>
    <message>
        <source>Counting its photos…</source>
        <translation>正在清点照片…</translation>
    </message>
    <message>
        <source>Not indexed yet.</source>
        <translation>尚未索引。</translation>
    </message>
    <message>
        <source>Being indexed. You can search meanwhile.</source>
        <translation>正在索引，期间可以照常搜索。</translation>
    </message>
</context>
<context>
    <name>PhonePicture</name>
    <message>
        <source>USB debugging</source>
        <extracomment>Every scene is drawn in a square of this side and scaled.</extracomment>
        <translation>USB 调试</translation>
    </message>
    <message>
        <source>Allow USB debugging?</source>
        <translation>允许 USB 调试吗？</translation>
    </message>
    <message>
        <source>Allow</source>
        <translation>允许</translation>
    </message>
</context>
<context>
    <name>PhonesPage</name>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Looking for phones…</source>
        <translation>正在查找手机…</translation>
    </message>
    <message>
        <source>Getting to know the phone…</source>
        <translation>正在识别手机…</translation>
    </message>
    <message>
        <source>Phone</source>
        <translation>手机</translation>
    </message>
    <message>
        <source>Find the photos on your phone too. They stay there: only small pictures of them come here.</source>
        <translation>手机里的照片也能搜到。照片留在手机上，只有缩小的图片会存到这里。</translation>
    </message>
</context>
<context>
    <name>PhotoActions</name>
    <message>
        <source>Open</source>
        <extracomment>A picture on the clipboard has at most this many pixels a side: it is held until something else is copied. Chosen, not measured. Hands over the photos an action is about, at once or when those that are not in view are read.</extracomment>
        <translation>打开</translation>
    </message>
    <message>
        <source>Information</source>
        <translation>信息</translation>
    </message>
    <message>
        <source>Find similar photos</source>
        <translation>查找相似照片</translation>
    </message>
    <message>
        <source>Show all {count} that are alike</source>
        <translation>显示全部 {count} 张相似照片</translation>
    </message>
    <message>
        <source>Remove from favourites</source>
        <translation>取消收藏</translation>
    </message>
    <message>
        <source>Add to favourites</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>Open in the default program</source>
        <translation>用默认程序打开</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Open on the phone</source>
        <translation>在手机上打开</translation>
    </message>
    <message numerus="yes">
        <source>Copy %n photo(s)</source>
        <translation>
            <numerusform>复制 %n 张照片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Export %n photo(s)…</source>
        <translation>
            <numerusform>导出 %n 张照片…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PhotosPage</name>
    <message>
        <source>Searching…</source>
        <extracomment>So that the words beside them are level with the first line of chips.</extracomment>
        <translation>正在搜索…</translation>
    </message>
    <message>
        <source>Looking at the picture…</source>
        <translation>正在识别图片…</translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) compared</source>
        <translation>
            <numerusform>已比较 %n 张照片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s)</source>
        <translation>
            <numerusform>%n 张照片</numerusform>
        </translation>
    </message>
    <message>
        <source>Photos</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Show weaker matches</source>
        <translation>显示较弱的匹配</translation>
    </message>
</context>
<context>
    <name>PlaceCard</name>
    <message>
        <source>Index on</source>
        <translation>在哪里索引</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>这台电脑</translation>
    </message>
    <message>
        <source>The phone</source>
        <translation>手机</translation>
    </message>
    <message>
        <source>Whichever is faster</source>
        <translation>更快的一方</translation>
    </message>
    <message>
        <source>Photos are read over the USB cable. Nothing is installed on the phone or changed there.</source>
        <translation>照片通过 USB 数据线读取，不会在手机上安装或更改任何东西。</translation>
    </message>
    <message>
        <source>The engine and the model are put on the phone, for this alone, and can be removed again. It goes on by itself while it is unplugged, and rests while it is hot or its battery is low.</source>
        <translation>引擎和模型会放到手机上，仅用于索引，可以随时移除。拔掉数据线后手机会自己继续；过热或电量不足时会暂停。</translation>
    </message>
    <message>
        <source>By what was measured of this computer and the phone. If the phone is faster, the engine is put there, and can be removed again.</source>
        <translation>根据这台电脑和手机的实测速度决定。如果手机更快，引擎会放到手机上，可以随时移除。</translation>
    </message>
</context>
<context>
    <name>PrivacyCard</name>
    <message>
        <source>Forget…</source>
        <translation>忘记…</translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s)</source>
        <translation>
            <numerusform>%n 张照片</numerusform>
        </translation>
    </message>
    <message>
        <source>Forget “{name}”? What PocketLens knows of its photos is deleted; the photos themselves stay where they are.</source>
        <translation>要忘记“{name}”吗？PocketLens 对其中照片的记录会被删除；照片本身保持不动。</translation>
    </message>
    <message>
        <source>Forget</source>
        <translation>忘记</translation>
    </message>
    <message>
        <source>Delete all thumbnails and the copy of the index? They are made again when a folder or phone is checked for changes, which reads every photo once more.</source>
        <translation>要删除所有缩略图和索引副本吗？下次检查文件夹或手机的变化时会重新生成，届时每张照片要再读取一遍。</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Delete everything that PocketLens has stored: catalogue, thumbnails, installed models, settings and searches? It starts as on its first day. Your photos are not touched.</source>
        <translation>要删除 PocketLens 存储的全部内容吗：目录、缩略图、已安装的模型、设置和搜索记录？之后一切从头开始。照片本身不受影响。</translation>
    </message>
    <message>
        <source>Delete everything</source>
        <translation>全部删除</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>隐私</translation>
    </message>
    <message>
        <source>Everything happens on this computer. PocketLens connects to nothing but a phone on its cable, and to a model&apos;s own address after you pressed Download. This is all it stores:</source>
        <translation>一切都在这台电脑上完成。PocketLens 只连接数据线上的手机，以及在你按下“下载”之后连接模型自己的地址。它存储的全部内容如下：</translation>
    </message>
    <message>
        <source>Catalogue</source>
        <translation>目录</translation>
    </message>
    <message>
        <source>Where your photos are, their dates and places, and what the model saw in them.</source>
        <translation>照片的位置、日期和地点，以及模型从中看到的内容。</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>What you chose here, and your last searches.</source>
        <translation>你在这里的选择，以及最近的搜索。</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Those that you installed.</source>
        <translation>你安装的模型。</translation>
    </message>
    <message>
        <source>Thumbnails</source>
        <translation>缩略图</translation>
    </message>
    <message>
        <source>A small picture of every photo.</source>
        <translation>每张照片的小图。</translation>
    </message>
    <message>
        <source>Copy of the index</source>
        <translation>索引副本</translation>
    </message>
    <message>
        <source>Makes searching faster.</source>
        <translation>让搜索更快。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Indexed folders and phones</source>
        <translation>已索引的文件夹和手机</translation>
    </message>
    <message>
        <source>Delete thumbnails and cache…</source>
        <translation>删除缩略图和缓存…</translation>
    </message>
    <message>
        <source>Delete everything…</source>
        <translation>全部删除…</translation>
    </message>
</context>
<context>
    <name>Rail</name>
    <message>
        <source>Photos</source>
        <extracomment>The pages from top to bottom, by their icons.</extracomment>
        <translation>照片</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Phone</source>
        <translation>手机</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
</context>
<context>
    <name>Ranking</name>
    <message>
        <source>Nothing matches well. These come closest:</source>
        <translation>没有很匹配的照片，以下最为接近：</translation>
    </message>
    <message>
        <source>Weaker matches: {count}</source>
        <translation>较弱的匹配：{count}</translation>
    </message>
</context>
<context>
    <name>Repairing</name>
    <message>
        <source>The catalogue is being repaired…</source>
        <translation>正在修复目录…</translation>
    </message>
    <message>
        <source>This may take minutes for a large album.</source>
        <translation>照片很多时可能需要几分钟。</translation>
    </message>
    <message>
        <source>The catalogue is in order.</source>
        <translation>目录完好。</translation>
    </message>
    <message>
        <source>Nothing could be read of the damaged catalogue; a new one was begun.</source>
        <translation>损坏的目录已无法读取，已新建一个目录。</translation>
    </message>
    <message>
        <source>Choose the folders that are missing. The damaged file is kept: {0}</source>
        <translation>请选择缺少的文件夹。损坏的文件保留在：{0}</translation>
    </message>
    <message>
        <source>What is missing is read again where its photos are. The damaged file is kept: {0}</source>
        <translation>缺少的内容会在照片可用时重新读取。损坏的文件保留在：{0}</translation>
    </message>
    <message>
        <source>The catalogue was repaired: {0} photos, {1} of them favourites.</source>
        <translation>目录已修复：{0} 张照片，其中 {1} 张已收藏。</translation>
    </message>
</context>
<context>
    <name>SearchField</name>
    <message>
        <source>Saved; change or remove</source>
        <extracomment>Typing pauses longer than this between words, not between letters; a search takes some 30 ms by itself. Of an entry of the list below the field: its `SavedSearch`, or None for one that was typed before.</extracomment>
        <translation>已保存；更改或移除</translation>
    </message>
    <message>
        <source>Save this search</source>
        <translation>保存此搜索</translation>
    </message>
    <message>
        <source>Search your photos in a few words</source>
        <translation>用几个词搜索照片</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Clear the search</source>
        <translation>清除搜索</translation>
    </message>
</context>
<context>
    <name>SearchSaving</name>
    <message>
        <source>Name of this search</source>
        <translation>此搜索的名称</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Save search</source>
        <translation>保存搜索</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
</context>
<context>
    <name>SelectionBar</name>
    <message numerus="yes">
        <source>%n chosen</source>
        <extracomment>Fewer than these are nothing to speak of: a click on a photo chooses it.</extracomment>
        <translation>
            <numerusform>已选 %n 张</numerusform>
        </translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>Choose none</source>
        <translation>取消选择</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>System</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>System language</source>
        <translation>系统语言</translation>
    </message>
    <message>
        <source>Indexing</source>
        <translation>索引</translation>
    </message>
    <message>
        <source>Processor threads</source>
        <translation>处理器线程数</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Read the words in photos after indexing</source>
        <translation>索引后识别照片中的文字</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>No</source>
        <translation>否</translation>
    </message>
    <message>
        <source>What reads them is not installed: {command}</source>
        <translation>尚未安装识别组件：{command}</translation>
    </message>
    <message>
        <source>Screenshots and documents come first. It takes a second or more a photo, in the background.</source>
        <translation>先识别截图和文档。每张照片需要一秒或更久，在后台进行。</translation>
    </message>
    <message>
        <source>Photos, folders, phone, models, settings</source>
        <translation>照片、文件夹、手机、模型、设置</translation>
    </message>
    <message>
        <source>Keyboard</source>
        <translation>键盘</translation>
    </message>
    <message>
        <source>Search from anywhere</source>
        <translation>在任意位置开始搜索</translation>
    </message>
    <message>
        <source>To the photos; open the photo</source>
        <translation>转到照片；打开照片</translation>
    </message>
    <message>
        <source>Move among the photos</source>
        <translation>在照片间移动</translation>
    </message>
    <message>
        <source>One step back</source>
        <translation>返回上一步</translation>
    </message>
    <message>
        <source>Larger or smaller pictures</source>
        <translation>放大或缩小图片</translation>
    </message>
    <message>
        <source>Copy the chosen photos</source>
        <translation>复制选中的照片</translation>
    </message>
    <message>
        <source>Fit to the window, actual size</source>
        <translation>适应窗口、实际大小</translation>
    </message>
    <message>
        <source>Find similar photos, when looking at one</source>
        <translation>查看照片时，查找相似照片</translation>
    </message>
    <message>
        <source>Add a folder</source>
        <translation>添加文件夹</translation>
    </message>
    <message>
        <source>PocketLens {version}, model “{model}”</source>
        <translation>PocketLens {version}，模型“{model}”</translation>
    </message>
</context>
<context>
    <name>StackView</name>
    <message>
        <source>{count} alike. Esc leads back.</source>
        <translation>{count} 张相似照片。按 Esc 返回。</translation>
    </message>
</context>
<context>
    <name>StageLine</name>
    <message>
        <source>Indexing, {percent} %</source>
        <translation>正在索引，{percent} %</translation>
    </message>
    <message>
        <source>Find photos</source>
        <translation>查找照片</translation>
    </message>
    <message>
        <source>See what is new</source>
        <translation>检查新照片</translation>
    </message>
    <message>
        <source>Prepare the phone</source>
        <translation>准备手机</translation>
    </message>
    <message>
        <source>Look at them</source>
        <translation>识别照片</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>收尾</translation>
    </message>
    <message>
        <source>Read the words</source>
        <translation>识别文字</translation>
    </message>
</context>
<context>
    <name>TileSize</name>
    <message>
        <source>Size of the pictures</source>
        <extracomment>What a press of a button changes, in pixels.</extracomment>
        <translation>图片大小</translation>
    </message>
    <message>
        <source>Smaller pictures</source>
        <translation>缩小图片</translation>
    </message>
    <message>
        <source>Larger pictures</source>
        <translation>放大图片</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>No date</source>
        <translation>没有日期</translation>
    </message>
    <message>
        <source>MMMM yyyy</source>
        <comment>QLocale&apos;s form of a date: month and year</comment>
        <translation>yyyy年M月</translation>
    </message>
    <message>
        <source>{month}, by the date of the file</source>
        <translation>{month}（按文件日期）</translation>
    </message>
</context>
<context>
    <name>UnreadableLog</name>
    <message>
        <source>Photos that could not be read: {count}</source>
        <translation>无法读取的照片：{count}</translation>
    </message>
    <message>
        <source>Try them again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Photos that could not be read</source>
        <translation>无法读取的照片</translation>
    </message>
</context>
<context>
    <name>Viewer</name>
    <message>
        <source>Previous photo</source>
        <extracomment>Neighbours of more pixels are decoded only when they are looked at: three of these take 400 MB. Chosen, not measured.</extracomment>
        <translation>上一张</translation>
    </message>
    <message>
        <source>Next photo</source>
        <translation>下一张</translation>
    </message>
    <message>
        <source>Photo</source>
        <translation>照片</translation>
    </message>
</context>
<context>
    <name>ViewerBar</name>
    <message>
        <source>{row} of {total}</source>
        <extracomment>Icons on the viewer&apos;s dark ground.</extracomment>
        <translation>第 {row} 张，共 {total} 张</translation>
    </message>
    <message>
        <source>Remove from favourites</source>
        <translation>取消收藏</translation>
    </message>
    <message>
        <source>Add to favourites</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>Back to the photos</source>
        <translation>返回照片</translation>
    </message>
    <message>
        <source>Fit to the window</source>
        <translation>适应窗口</translation>
    </message>
    <message>
        <source>Actual size</source>
        <translation>实际大小</translation>
    </message>
    <message>
        <source>Find similar photos</source>
        <translation>查找相似照片</translation>
    </message>
    <message>
        <source>Open in the default program</source>
        <translation>用默认程序打开</translation>
    </message>
    <message>
        <source>Open on the phone</source>
        <translation>在手机上打开</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Information</source>
        <translation>信息</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Find a photo from a few words</source>
        <translation>用几个词找到照片</translation>
    </message>
    <message>
        <source>In English or Chinese, and without anything leaving this computer.</source>
        <translation>中文英文都可以，任何内容都不会离开这台电脑。</translation>
    </message>
    <message>
        <source>You can also drop a folder anywhere in this window.</source>
        <translation>也可以把文件夹拖到窗口的任意位置。</translation>
    </message>
    <message>
        <source>Choose your photos</source>
        <translation>选择照片</translation>
    </message>
    <message>
        <source>A folder, with all that is in it. Your photos stay where they are.</source>
        <translation>选择一个文件夹，包括其中的所有内容。照片会留在原处。</translation>
    </message>
    <message>
        <source>PocketLens looks at them</source>
        <translation>PocketLens 识别照片</translation>
    </message>
    <message>
        <source>Once for each photo. You can search, pause or close the window meanwhile.</source>
        <translation>每张照片只识别一次。期间可以搜索、暂停或关闭窗口。</translation>
    </message>
    <message>
        <source>Type what you remember</source>
        <translation>输入你记得的内容</translation>
    </message>
    <message>
        <source>“a dog on the beach”, “the receipt from the station”, “雪山”.</source>
        <translation>“海滩上的狗”“车站的收据”“雪山”。</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>选择文件夹…</translation>
    </message>
    <message>
        <source>From my phone…</source>
        <translation>来自我的手机…</translation>
    </message>
    <message>
        <source>Try the sample album</source>
        <translation>试试示例相册</translation>
    </message>
</context>
<context>
    <name>_FolderCard</name>
    <message numerus="yes">
        <source>%n photo(s)</source>
        <translation>
            <numerusform>%n 张照片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read</source>
        <translation>
            <numerusform>%n 张无法读取</numerusform>
        </translation>
    </message>
    <message>
        <source>checked {when}</source>
        <translation>检查于 {when}</translation>
    </message>
    <message>
        <source>It is not there just now: plug its disk in. Its photos can be searched all the same.</source>
        <translation>现在找不到它：请接上所在的磁盘。其中的照片仍可搜索。</translation>
    </message>
    <message>
        <source>Check for changes</source>
        <translation>检查变化</translation>
    </message>
    <message>
        <source>More about {name}</source>
        <translation>{name} 的更多操作</translation>
    </message>
    <message>
        <source>Forget this folder (photos stay)</source>
        <translation>忘记这个文件夹（照片保留）</translation>
    </message>
</context>
<context>
    <name>_Transfer</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} / {total}</translation>
    </message>
    <message>
        <source>{rate} a second</source>
        <translation>每秒 {rate}</translation>
    </message>
    <message>
        <source>Downloaded: {percent} %</source>
        <translation>已下载 {percent} %</translation>
    </message>
</context>
<context>
    <name>phone</name>
    <message>
        <source>Plug in your phone</source>
        <translation>请连接手机</translation>
    </message>
    <message>
        <source>Use a cable that carries data, and unlock the phone.</source>
        <translation>使用能传输数据的数据线，并解锁手机。</translation>
    </message>
    <message>
        <source>A phone is plugged in, but USB debugging is off</source>
        <translation>手机已连接，但 USB 调试未打开</translation>
    </message>
    <message>
        <source>If nothing changes, choose “File transfer” in the USB notification at the top of its screen.</source>
        <translation>如果没有反应，请在手机顶部的 USB 通知里选择“文件传输”。</translation>
    </message>
    <message>
        <source>Settings › About phone: tap “Build number” seven times.</source>
        <translation>设置 › 关于手机：连续点按“版本号”七次。</translation>
    </message>
    <message>
        <source>Settings › System › Developer options: switch “USB debugging” on.</source>
        <translation>设置 › 系统 › 开发者选项：打开“USB 调试”。</translation>
    </message>
    <message>
        <source>The program that talks to phones (adb) does not start</source>
        <translation>与手机通信的程序（adb）无法启动</translation>
    </message>
    <message>
        <source>Install Android&apos;s platform tools; on Linux the package is called adb.</source>
        <translation>请安装 Android 平台工具；在 Linux 上软件包名为 adb。</translation>
    </message>
    <message>
        <source>Close other programs that use a phone, then try again.</source>
        <translation>关闭其他正在使用手机的程序，然后重试。</translation>
    </message>
    <message>
        <source>{count} phones are plugged in</source>
        <translation>已连接 {count} 部手机</translation>
    </message>
    <message>
        <source>Each has its own card below. Choose the one to index.</source>
        <translation>下面每部手机各有一张卡片，请选择要索引的那部。</translation>
    </message>
    <message>
        <source>The phone is unplugged</source>
        <translation>手机已断开</translation>
    </message>
    <message>
        <source>Plug it in again: indexing goes on by itself where it was.</source>
        <translation>重新连接即可：索引会自动从中断处继续。</translation>
    </message>
    <message>
        <source>What was indexed so far is kept.</source>
        <translation>已完成的索引会保留。</translation>
    </message>
    <message>
        <source>Unplug the cable and plug it in again.</source>
        <translation>拔下数据线再重新插上。</translation>
    </message>
    <message>
        <source>Hold its power button to restart it, and unlock it.</source>
        <translation>长按电源键重启手机并解锁。</translation>
    </message>
    <message>
        <source>The phone is in a maintenance mode, where its photos cannot be read</source>
        <translation>手机处于维护模式，无法读取照片</translation>
    </message>
    <message>
        <source>The phone does not say how it is</source>
        <translation>无法得知手机的状态</translation>
    </message>
    <message>
        <source>The phone is being connected…</source>
        <translation>正在连接手机…</translation>
    </message>
    <message>
        <source>This is another computer, not a phone</source>
        <translation>这是另一台电脑，不是手机</translation>
    </message>
    <message>
        <source>Another program is using the phone</source>
        <translation>另一个程序正在使用手机</translation>
    </message>
    <message>
        <source>The phone is ready</source>
        <translation>手机已就绪</translation>
    </message>
    <message>
        <source>The phone asks whether it may trust this computer</source>
        <translation>手机正在询问是否信任这台电脑</translation>
    </message>
    <message>
        <source>Unlock the phone and look at its screen.</source>
        <translation>解锁手机并查看屏幕。</translation>
    </message>
    <message>
        <source>Tick “Always allow from this computer” and tap “Allow”.</source>
        <translation>勾选“一律允许使用这台计算机进行调试”，然后点按“允许”。</translation>
    </message>
    <message>
        <source>Nothing is asked? Unplug the cable and plug it in again.</source>
        <translation>没有询问？拔下数据线再重新插上。</translation>
    </message>
    <message>
        <source>The phone is plugged in, but does not answer</source>
        <translation>手机已连接，但没有响应</translation>
    </message>
    <message>
        <source>Still nothing? Switch USB debugging off and on again.</source>
        <translation>仍然没有反应？关闭再打开 USB 调试。</translation>
    </message>
    <message>
        <source>This computer does not let you use its USB port</source>
        <translation>这台电脑不允许你使用 USB 接口</translation>
    </message>
    <message>
        <source>Install the package android-sdk-platform-tools-common (or android-udev).</source>
        <translation>安装软件包 android-sdk-platform-tools-common（或 android-udev）。</translation>
    </message>
    <message>
        <source>Add yourself to the group plugdev and log in again.</source>
        <translation>把自己加入 plugdev 用户组，然后重新登录。</translation>
    </message>
    <message>
        <source>The phone was restarted and not unlocked since: its photos are still encrypted. Unlock it once with its PIN or pattern.</source>
        <translation>手机重启后尚未解锁，照片仍处于加密状态。请用 PIN 码或图案解锁一次。</translation>
    </message>
    <message>
        <source>The phone has a work profile. Android keeps its photos apart: they are not searched.</source>
        <translation>手机有工作资料。Android 把其中的照片单独存放，不会被搜索到。</translation>
    </message>
    <message>
        <source>The phone is unplugged. Plug it in to go on.</source>
        <translation>手机已断开，重新连接后继续。</translation>
    </message>
    <message>
        <source>Unlock the phone and tap “Allow” to go on.</source>
        <translation>解锁手机并点按“允许”后继续。</translation>
    </message>
    <message>
        <source>The phone does not answer. Unlock it to go on.</source>
        <translation>手机没有响应，解锁后继续。</translation>
    </message>
    <message>
        <source>The phone is too warm. It goes on by itself once it has cooled down.</source>
        <translation>手机温度过高，降温后会自动继续。</translation>
    </message>
    <message>
        <source>The phone&apos;s battery is low. It goes on by itself once it is charged.</source>
        <translation>手机电量不足，充电后会自动继续。</translation>
    </message>
    <message>
        <source>Waiting for the phone</source>
        <translation>正在等待手机</translation>
    </message>
</context>
<context>
    <name>wording</name>
    <message>
        <source>Photos</source>
        <extracomment>A short name that `lupdate` knows.</extracomment>
        <translation>照片</translation>
    </message>
    <message>
        <source>Screenshots</source>
        <translation>截图</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Selfies</source>
        <translation>自拍</translation>
    </message>
    <message>
        <source>Panoramas</source>
        <translation>全景</translation>
    </message>
    <message>
        <source>Video frames</source>
        <translation>视频截图</translation>
    </message>
    <message>
        <source>Videos</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>This folder or album is not there.</source>
        <translation>找不到此文件夹或相册。</translation>
    </message>
    <message>
        <source>The model is not installed.</source>
        <translation>模型尚未安装。</translation>
    </message>
    <message>
        <source>The model&apos;s files are damaged.</source>
        <translation>模型文件已损坏。</translation>
    </message>
    <message>
        <source>This model needs another version of PocketLens.</source>
        <translation>此模型需要其他版本的 PocketLens。</translation>
    </message>
    <message>
        <source>Your catalogue was made by a newer PocketLens.</source>
        <translation>目录由更新版本的 PocketLens 创建。</translation>
    </message>
    <message>
        <source>The catalogue is damaged.</source>
        <translation>目录已损坏。</translation>
    </message>
    <message>
        <source>Another PocketLens is indexing already.</source>
        <translation>另一个 PocketLens 正在索引。</translation>
    </message>
    <message>
        <source>The disk is full.</source>
        <translation>磁盘已满。</translation>
    </message>
    <message>
        <source>This cannot be searched for.</source>
        <translation>无法这样搜索。</translation>
    </message>
    <message>
        <source>No photo is indexed with this model yet.</source>
        <translation>还没有用此模型索引的照片。</translation>
    </message>
    <message>
        <source>This picture cannot be read.</source>
        <translation>无法读取这张图片。</translation>
    </message>
    <message>
        <source>This photo is not in the catalogue any more.</source>
        <translation>这张照片已不在目录中。</translation>
    </message>
    <message>
        <source>This search is not saved any more.</source>
        <translation>此搜索已不再保存。</translation>
    </message>
    <message>
        <source>Parts of PocketLens are of different versions. Install it again.</source>
        <translation>PocketLens 的各部分版本不一致，请重新安装。</translation>
    </message>
    <message>
        <source>The engine stopped unexpectedly.</source>
        <translation>引擎意外停止。</translation>
    </message>
    <message>
        <source>The download failed.</source>
        <translation>下载失败。</translation>
    </message>
    <message>
        <source>Another PocketLens is fetching or installing this model.</source>
        <translation>另一个 PocketLens 正在获取或安装此模型。</translation>
    </message>
    <message>
        <source>This model does not pass its checks.</source>
        <translation>此模型未通过检查。</translation>
    </message>
    <message>
        <source>Stopped. What arrived is kept.</source>
        <translation>已停止，已下载的部分会保留。</translation>
    </message>
    <message>
        <source>The program that talks to phones (adb) does not start.</source>
        <translation>与手机通信的程序（adb）无法启动。</translation>
    </message>
    <message>
        <source>This phone is not plugged in, or not ready.</source>
        <translation>这部手机未连接或尚未就绪。</translation>
    </message>
    <message>
        <source>Several phones are plugged in.</source>
        <translation>连接了多部手机。</translation>
    </message>
    <message>
        <source>The phone was unplugged.</source>
        <translation>手机已断开。</translation>
    </message>
    <message>
        <source>The phone does not answer in time.</source>
        <translation>手机没有及时响应。</translation>
    </message>
    <message>
        <source>The phone gave an answer that cannot be right.</source>
        <translation>手机给出了不合理的回答。</translation>
    </message>
    <message>
        <source>The phone does not let the engine be installed or run.</source>
        <translation>手机不允许安装或运行引擎。</translation>
    </message>
    <message>
        <source>There is no engine for this phone.</source>
        <translation>没有适用于这部手机的引擎。</translation>
    </message>
    <message>
        <source>The phone does not give this photo out, or has it no longer.</source>
        <translation>手机不提供这张照片，或照片已不在手机上。</translation>
    </message>
    <message>
        <source>Check that the disk it is on is plugged in. What was indexed before is kept.</source>
        <translation>请检查它所在的磁盘是否已连接。此前已索引的内容会保留。</translation>
    </message>
    <message>
        <source>Install PocketLens again to get the starter model back.</source>
        <translation>重新安装 PocketLens 即可恢复入门模型。</translation>
    </message>
    <message>
        <source>Update PocketLens on this computer.</source>
        <translation>请更新这台电脑上的 PocketLens。</translation>
    </message>
    <message>
        <source>Repairing puts what can be read of it into a new one, and keeps the damaged file beside it. Your photos are not touched.</source>
        <translation>修复会把还能读出的内容放进新目录，损坏的文件保留在旁边。照片本身不受影响。</translation>
    </message>
    <message>
        <source>Try again when it is done.</source>
        <translation>请在它完成后重试。</translation>
    </message>
    <message>
        <source>Free some space and go on. What was indexed so far is kept.</source>
        <translation>请释放一些空间后继续。已索引的内容会保留。</translation>
    </message>
    <message>
        <source>Choose a folder of photos first.</source>
        <translation>请先选择照片文件夹。</translation>
    </message>
    <message>
        <source>Try again. What was indexed so far is kept.</source>
        <translation>请重试。已索引的内容会保留。</translation>
    </message>
    <message>
        <source>Try again later: what arrived is kept.</source>
        <translation>请稍后重试：已下载的部分会保留。</translation>
    </message>
    <message>
        <source>Install Android&apos;s platform tools, then try again.</source>
        <translation>请安装 Android 平台工具，然后重试。</translation>
    </message>
    <message>
        <source>The Phone page shows what to do.</source>
        <translation>“手机”页面会说明该怎么做。</translation>
    </message>
    <message>
        <source>Plug it in and try again.</source>
        <translation>请重新连接后重试。</translation>
    </message>
    <message>
        <source>Unlock it, plug it in again and try again.</source>
        <translation>解锁手机，重新插上数据线后重试。</translation>
    </message>
    <message>
        <source>Unplug it and plug it in again.</source>
        <translation>拔下后重新插上。</translation>
    </message>
    <message>
        <source>Index it on this computer instead, on the Phone page.</source>
        <translation>请改为在这台电脑上索引（手机页面）。</translation>
    </message>
    <message>
        <source>Unlock the phone; if the photo is gone from it, index the phone again.</source>
        <translation>请解锁手机；如果照片已被删除，请重新索引手机。</translation>
    </message>
    <message>
        <source>It is not on the phone.</source>
        <translation>它不在手机上。</translation>
    </message>
    <message>
        <source>It is not there any more.</source>
        <translation>照片已不在原处。</translation>
    </message>
    <message>
        <source>The file is empty.</source>
        <translation>文件是空的。</translation>
    </message>
    <message>
        <source>The file is not a picture of a format that PocketLens reads, or its beginning is damaged.</source>
        <translation>文件不是 PocketLens 支持的图片格式，或文件开头已损坏。</translation>
    </message>
    <message>
        <source>There is not enough memory to decode this picture.</source>
        <translation>内存不足，无法解码此图片。</translation>
    </message>
    <message>
        <source>The file ends before the picture does.</source>
        <translation>文件不完整。</translation>
    </message>
    <message>
        <source>The picture is damaged.</source>
        <translation>图片已损坏。</translation>
    </message>
    <message>
        <source>Looking for photos: {done} found</source>
        <translation>正在查找照片：已找到 {done} 张</translation>
    </message>
    <message>
        <source>Checking what is new</source>
        <translation>正在检查更新</translation>
    </message>
    <message>
        <source>Putting the engine on the phone: {done} of {total}</source>
        <translation>正在把引擎放到手机上：{done} / {total}</translation>
    </message>
    <message>
        <source>Looking at photos: {done} of {total}</source>
        <translation>正在识别照片：{done} / {total}</translation>
    </message>
    <message>
        <source>Reading the words in photos: {done} of {total}</source>
        <translation>正在识别照片里的文字：{done} / {total}</translation>
    </message>
    <message>
        <source>Finishing</source>
        <translation>即将完成</translation>
    </message>
    <message>
        <source>{rate} photos a second</source>
        <translation>每秒 {rate} 张</translation>
    </message>
    <message>
        <source>a few seconds left</source>
        <translation>还剩几秒</translation>
    </message>
    <message>
        <source>about {count} s left</source>
        <translation>约剩 {count} 秒</translation>
    </message>
    <message>
        <source>about {count} min left</source>
        <translation>约剩 {count} 分钟</translation>
    </message>
    <message>
        <source>about {count} h left</source>
        <translation>约剩 {count} 小时</translation>
    </message>
    <message>
        <source>about {count} s</source>
        <translation>约 {count} 秒</translation>
    </message>
    <message>
        <source>about {count} min</source>
        <translation>约 {count} 分钟</translation>
    </message>
    <message>
        <source>about {count} h</source>
        <translation>约 {count} 小时</translation>
    </message>
</context>
</TS>
