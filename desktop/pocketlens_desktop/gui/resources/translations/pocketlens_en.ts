<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>AlbumList</name>
    <message numerus="yes">
        <source>and %n more album(s)</source>
        <extracomment>Albums shown at once; the rest are counted. A phone has some ten to thirty.</extracomment>
        <translation>
            <numerusform>and %n more album</numerusform>
            <numerusform>and %n more albums</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) on the phone, {indexed} indexed</source>
        <translation>
            <numerusform>%n photo on the phone, {indexed} indexed</numerusform>
            <numerusform>%n photos on the phone, {indexed} indexed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ExportStrip</name>
    <message numerus="yes">
        <source>%n photo(s) copied</source>
        <translation>
            <numerusform>%n photo copied</numerusform>
            <numerusform>%n photos copied</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n there already</source>
        <translation>
            <numerusform>%n there already</numerusform>
            <numerusform>%n there already</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be copied</source>
        <translation>
            <numerusform>%n could not be copied</numerusform>
            <numerusform>%n could not be copied</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>JobStrip</name>
    <message numerus="yes">
        <source>%n could not be read</source>
        <translation>
            <numerusform>%n could not be read</numerusform>
            <numerusform>%n could not be read</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message numerus="yes">
        <source>%n photo(s) still have to be looked at with it.</source>
        <translation>
            <numerusform>%n photo still has to be looked at with it.</numerusform>
            <numerusform>%n photos still have to be looked at with it.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) have to be looked at once more with this model. You can go on searching with the old one until that is done, and stop at any time; nothing that is indexed is lost.</source>
        <translation>
            <numerusform>%n photo has to be looked at once more with this model. You can go on searching with the old one until that is done, and stop at any time; nothing that is indexed is lost.</numerusform>
            <numerusform>%n photos have to be looked at once more with this model. You can go on searching with the old one until that is done, and stop at any time; nothing that is indexed is lost.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of them are on phones: after the switch those are not found until the phone is checked again.</source>
        <translation>
            <numerusform>%n of them is on a phone: after the switch it is not found until the phone is checked again.</numerusform>
            <numerusform>%n of them are on phones: after the switch those are not found until the phone is checked again.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PhoneCard</name>
    <message numerus="yes">
        <source>%n photo(s)</source>
        <translation>
            <numerusform>%n photo</numerusform>
            <numerusform>%n photos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read</source>
        <translation>
            <numerusform>%n could not be read</numerusform>
            <numerusform>%n could not be read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) on it, none of them indexed yet.</source>
        <translation>
            <numerusform>%n photo on it, not indexed yet.</numerusform>
            <numerusform>%n photos on it, none of them indexed yet.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PhotoActions</name>
    <message numerus="yes">
        <source>Copy %n photo(s)</source>
        <translation>
            <numerusform>Copy %n photo</numerusform>
            <numerusform>Copy %n photos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Export %n photo(s)…</source>
        <translation>
            <numerusform>Export %n photo…</numerusform>
            <numerusform>Export %n photos…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PhotosPage</name>
    <message numerus="yes">
        <source>%n photo(s) compared</source>
        <translation>
            <numerusform>%n photo compared</numerusform>
            <numerusform>%n photos compared</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s)</source>
        <translation>
            <numerusform>%n photo</numerusform>
            <numerusform>%n photos</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PrivacyCard</name>
    <message numerus="yes">
        <source>%n photo(s)</source>
        <translation>
            <numerusform>%n photo</numerusform>
            <numerusform>%n photos</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SelectionBar</name>
    <message numerus="yes">
        <source>%n chosen</source>
        <extracomment>Fewer than these are nothing to speak of: a click on a photo chooses it.</extracomment>
        <translation>
            <numerusform>%n chosen</numerusform>
            <numerusform>%n chosen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>_FolderCard</name>
    <message numerus="yes">
        <source>%n photo(s)</source>
        <translation>
            <numerusform>%n photo</numerusform>
            <numerusform>%n photos</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read</source>
        <translation>
            <numerusform>%n could not be read</numerusform>
            <numerusform>%n could not be read</numerusform>
        </translation>
    </message>
</context>
</TS>
