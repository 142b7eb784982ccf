"""Saved pages of papers that do not exist, each built as some real kind of site builds its own."""

# A page of tables, as small papers laid them out for twenty years: no element says what it is.
TABLES = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>磯浜タイムス：朝市に千人、磯浜港で三年ぶり</title></head>
<body bgcolor="#ffffff"><table width="760" border="0"><tr><td colspan="3"><img src="logo.gif" width="300" height="60" alt="磯浜タイムス"><br>
<font size="2">2026年11月28日（土） 晴れ 12℃　|　<a href="/">トップ</a>　|　<a href="/sports/">スポーツ</a>　|　<a href="/okuyami/">おくやみ</a></font></td></tr>
<tr><td width="140" valign="top"><font size="2"><a href="/1">政治</a><br><a href="/2">経済</a><br><a href="/3">社会</a><br><a href="/4">地域</a><br>購読のお申し込みは電話でどうぞ。平日の朝九時から夕方五時まで受け付けております。</font></td>
<td width="440" valign="top"><font size="5"><b>朝市に千人、磯浜港で三年ぶり</b></font><br><font size="2">（2026年11月27日 18:05）</font><br><br>
<table align="right" width="210"><tr><td><img src="/photo/asaichi.jpg" width="200" height="150"></td></tr><tr><td><font size="1">魚を買い求める人たち＝27日、磯浜港</font></td></tr></table>
　磯浜港の朝市が二十七日、三年ぶりに開かれ、夜明け前から約千人の買い物客が列をつくった。水揚げされたばかりの鯖や鰺が次々に売れていった。<br><br>
　「この日を待っていた」と話すのは、港のそばで食堂を営む女性。店で出す魚は三年の間、隣の町の市場で買っていたという。<br><br>
　漁協は来年の春から、朝市を毎月第四土曜日に開く予定だ。駐車場を二百台分に広げ、港までの臨時のバスも走らせる。<br><br></td>
<td width="160" valign="top"><font size="2"><b>アクセスランキング</b><br>1 <a href="/5">磯浜高が県大会を制す、二十年ぶりの頂点</a><br>2 <a href="/6">国道の橋、来春に架け替えへ</a><br>3 <a href="/7">町長選、三つどもえの争いに</a></font></td></tr>
<tr><td colspan="3" align="center"><font size="1">当サイトの記事、写真の無断転載を禁じます。すべての内容は日本の著作権法により保護されています。</font></td></tr></table></body></html>"""

# A Korean portal's page: the text in one element, paragraphs parted by line breaks, the photo's words beside it.
KOREAN = """<!doctype html><html lang="ko"><head><meta charset="utf-8"><meta property="og:title" content="해오름시 새 다리 개통…시민 3천 명 몰려"><meta property="og:site_name" content="해오름일보">
<meta property="article:published_time" content="2026-11-27T18:05:00+09:00"><title>해오름시 새 다리 개통…시민 3천 명 몰려 : 해오름일보</title></head><body>
<div id="header"><ul class="gnb"><li><a href="/p">정치</a></li><li><a href="/e">경제</a></li><li><a href="/s">사회</a></li></ul><div class="weather">서울 9.7℃ 맑음</div></div>
<div id="container"><div class="article_head"><h2 class="title">해오름시 새 다리 개통…시민 3천 명 몰려</h2><div class="info">입력 2026.11.27. 오후 6:05 <span>수정 2026.11.28. 오전 9:10</span></div><div class="btns">글자 크기 변경 인쇄하기 공유하기</div></div>
<div id="articleBodyContents"><span class="end_photo_org"><img src="https://img.haeoreum.example/1.jpg" alt=""><em class="img_desc">27일 새 다리를 걷는 시민들. /해오름일보</em></span><br><br>(해오름=해오름일보) 김바다 기자 = 4년에 걸친 공사를 마친 해오름대교가 27일 개통해 시민 약 3천 명이 아침부터 다리를 건넜다.<br><br>"어릴 때부터 매일 건너던 다리예요. 새로 놓여서 기쁩니다." 개통식에 나온 한 시민은 이렇게 말했다.<br><br>다리는 이전보다 2m 높아져 만조 때에도 어선이 아래로 지나갈 수 있게 됐다. 시는 내년 봄까지 자전거길도 놓을 계획이다.<br><br>김바다 기자 bada@haeoreum.example<br><br>ⓒ 해오름일보, 무단 전재 및 재배포 금지</div>
<div class="related_news"><h3>관련 기사</h3><ul><li><a href="/9">새 시장, 첫날부터 긴 줄</a></li></ul></div><div class="ranking_news"><h3>많이 본 뉴스</h3><ol><li><a href="/8">시립 도서관 내년 이전…시민들은 반대 목소리를 높였다</a></li></ol></div></div>
<div id="footer">해오름일보 | 발행인 홍길동 | 청소년보호책임자 김철수 | 모든 콘텐츠는 저작권법의 보호를 받습니다.</div></body></html>"""

# A page that a script draws: its words stand in what it says of itself alone.
SCRIPTED = """<!doctype html><html lang="en"><head><title>Loading…</title><script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle",
"headline":"Harbour bridge reopens after four years","description":"About 3,000 people crossed it on the first day.","datePublished":"2026-11-27T09:05:00Z","dateModified":"2026-11-27T12:00:00Z",
"author":[{"@type":"Person","name":"Jo Marlow"}],"publisher":{"@type":"Organization","name":"The Shoreline Post"},"articleSection":"City","keywords":"bridge, harbour",
"image":{"@type":"ImageObject","url":"https://img.shoreline.example/bridge.jpg","caption":"People cross the bridge.","creditText":"Ann Reyes"},
"articleBody":"The harbour bridge reopened on Friday after four years of work, and about 3,000 people crossed it before noon.\\n\\nIt stands two metres higher than the old one, so that fishing boats pass below it at high tide.\\n\\n“I have crossed it every day since I was a child,” a woman from the old town said."}</script></head>
<body><div id="root"></div><noscript>You need to enable JavaScript to read this page. It takes a moment and is worth it.</noscript><script>start()</script></body></html>"""

# The bare text of a Japanese page, lines one below the other without a blank line between.
LINES = """磯浜タイムス
2026年11月28日(土)
磯浜 晴れ 12℃
トップ
政治
経済
地域
スポーツ
トップ > 地域 > 記事
朝市に千人、磯浜港で三年ぶりに開催
2026年11月27日 18時05分
シェア
ポスト
魚を買い求める人たち＝27日、磯浜港（磯浜タイムス撮影）
磯浜港の朝市が二十七日、三年ぶりに開かれ、夜明け前から約千人の買い物客が列をつくった。水揚げされたばかりの鯖や鰺が次々に売れていった。
「この日を待っていた」と話すのは、港のそばで食堂を営む女性。店で出す魚は三年の間、隣の町の市場で買っていたという。
毎月第四土曜に
漁協は来年の春から、朝市を毎月第四土曜日に開く予定だ。駐車場を二百台分に広げ、港までの臨時のバスも走らせる。
(森あおい)
関連記事
磯浜高が県大会を制す、二十年ぶりの頂点に立った選手たちの三年間の歩みを監督が語った。
国道の橋、来春に架け替えへ
アクセスランキング
1位
町長選、三つどもえの争いに。告示は来月四日で、いずれも新人の三人が名乗りを上げている。
会社案内
著作権について
Copyright 磯浜タイムス"""

# The bare text of a page in English.
ENGLISH = """The Shoreline Post

Saturday, November 28, 2026

54°F Cloudy

Sign in

News Sport Weather Opinion

City

Harbour bridge reopens after four years of work

It stands two metres higher than the old one

By Jo Marlow

Published Nov. 27, 2026 6:05 p.m.

Share

People cross the new bridge on Friday morning. Photo: Ann Reyes

The harbour bridge reopened on Friday after four years of work, and about 3,000 people crossed it before noon, some of them on horseback.

“I have crossed it every day since I was a child,” a woman from the old town said as she waited for the ribbon to be cut.

A path for bicycles

A path for bicycles will follow next spring, the city said. Until then riders are asked to walk their bicycles across.

Advertisement

The old bridge, built in 1931, was closed when cracks were found in two of its piers. Its lamps have been kept, and stand on the new one.

Most read

Library will move next year, and readers are not pleased. More than 400 of them came to the meeting on Thursday evening to say so.

School team wins the cup

Related stories

How the old bridge was built, and who paid for it. A look into the archive with the city's own historian.

© 2026 The Shoreline Post. All rights reserved."""
