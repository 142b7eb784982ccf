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

# No element is called an article; the photo stands in boxes above the text, and other stories below it in sentences.
BOXES = """<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>浜辺図書館、夜の開館を始める｜浜辺日報デジタル</title><meta property="og:site_name" content="浜辺日報デジタル"><meta property="og:image" content="https://hamabe.example/img/og.jpg"></head><body>
<div class="l-header"><p class="l-header__logo"><a href="/">浜辺日報デジタル</a></p><ul class="l-header__nav"><li><a href="/city">市政</a></li><li><a href="/life">暮らし</a></li></ul><p class="l-header__date">2026年11月28日（土）</p></div>
<div class="l-wrap"><div class="l-main"><p class="p-path"><a href="/">トップ</a> ＞ <a href="/life">暮らし</a> ＞ 記事</p>
<div class="p-detail__head"><h1 class="p-detail__ttl">浜辺図書館、夜の開館を始める</h1><p class="p-detail__date">2026年11月27日 18時05分（11月28日 9時10分更新）</p><ul class="p-detail__btn"><li>Xでポスト</li><li>LINEで送る</li></ul></div>
<div class="p-detail__ph"><img src="/img/p1.jpg" alt=""><p class="p-detail__cap">夜の閲覧室で本を読む利用者＝26日、浜辺市本町（早瀬薫撮影）</p></div>
<div class="p-detail__txt"><p>浜辺市立図書館は二十七日、平日の閉館を午後九時に延ばした。働く人が仕事の帰りに立ち寄れるようにする試みで、来年三月まで続ける。</p><p>初日は約百二十人が訪れた。会社員の女性は「休みの日を待たずに借りられるのがうれしい」と話した。</p><h2>職員は二交代に</h2><p>職員は昼と夜の二交代で働く。夜の窓口は三人で、貸し出しのほか調べものの相談にも応じる。</p><p>館長は「利用の数を見て、四月からどうするかを決めたい」としている。</p></div>
<div class="p-detail__end"><p>記者：早瀬 薫</p></div>
<div class="c-more"><p class="c-more__ttl">あわせて読みたい</p><ul><li><a href="/9"><p>港の倉庫、劇場に生まれ変わる。市は二年をかけて耐震の工事を進めてきた。</p></a></li><li><a href="/8"><p>朝市に千人が並ぶ。三年ぶりの開催に港は夜明け前からにぎわった。</p></a></li></ul></div>
</div><div class="l-sub"><p>アクセスランキング</p><ol><li><a href="/5">町長選、三つどもえの争いに</a></li></ol><p>浜辺日報のご購読はこちらから。紙の新聞とデジタル版を合わせてお読みいただけます。</p></div></div>
<div class="l-footer"><p>浜辺日報デジタルに掲載の記事・写真・図表などの無断転載を禁じます。</p></div></body></html>"""

# A ranking, an advertisement and a newsletter stand between the paragraphs.
RANKING_INSIDE = """<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>山辺高原にスキー場、十年ぶり営業へ - 高原新聞オンライン</title>
<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"山辺高原にスキー場、十年ぶり営業へ","datePublished":"2026-11-27T05:00:00+09:00","author":{"@type":"Organization","name":"高原新聞社"},"publisher":{"@type":"Organization","name":"高原新聞オンライン"},"image":["https://kogen.example/i/1.jpg"]}</script></head><body>
<header><a href="/">高原新聞オンライン</a><nav><a href="/a">ニュース</a></nav></header>
<main><article class="kiji"><h1>山辺高原にスキー場、十年ぶり営業へ</h1><time datetime="2026-11-27T05:00:00+09:00">2026/11/27 05:00</time>
<figure><img src="/i/1.jpg" alt="ゲレンデ"><figcaption>整備が進むゲレンデ（山辺高原で）</figcaption></figure>
<p>山辺高原のスキー場が十二月二十日、十年ぶりに営業を再開する。町と地元の企業がつくった会社が運営を引き受けた。</p>
<p>リフトは二本を動かし、初級者と家族向けの三コースを開く。町は周りの宿と組んで宿泊の割引も用意する。</p>
<div class="box-rnk"><h3>アクセスランキング</h3><ol><li><a href="/r1"><span>1</span>給食のパン、米粉に</a></li><li><a href="/r2"><span>2</span>山の駅に新しい足湯</a></li><li><a href="/r3"><span>3</span>高原野菜、豊作で値下がり</a></li></ol></div>
<p>町長は「雪のある町の冬を取り戻したい」と話した。初年度は二万人の来場を見込んでいる。</p>
<div class="ad-area"><p>PR</p><p>冬のタイヤ交換はお早めに。いま予約すると工賃が半額になります。</p></div>
<p>営業は三月十五日まで。平日は午前九時から午後四時半まで、週末は夜間も開く。</p>
<div class="kiji-nl"><p>朝のニュースをメールで。無料のニュースレターに登録する</p></div>
<section class="osusume"><h2>おすすめの記事</h2><p><a href="/o1">高原鉄道、冬のダイヤを発表</a></p></section>
</article></main><footer><p>© 高原新聞社</p></footer></body></html>"""

# The text is parted by line breaks and signed in its last line; below it readers are asked to log in.
MEMBERS = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>【独自】県立病院、夜間救急を縮小へ：県央日日</title></head><body><div id="wrapper"><div id="hd"><a href="/">県央日日</a>　会員登録　ログイン</div><div id="contents"><div id="kijiArea"><h2 id="kijiTitle">【独自】県立病院、夜間救急を縮小へ</h2>
<dl class="kijiInfo"><dt>掲載日</dt><dd>2026年11月27日 6時0分</dd></dl>
<dl class="ph"><dt><img src="ph/byoin.jpg"></dt><dd>県立病院の救急入り口＝県央市で、野村直撮影</dd></dl>
<div id="kijiBody">　県立病院が来年四月から、夜間の救急の受け入れを週三日に減らす方針を固めたことが二十六日、分かった。医師の数が足りず、当直の体制を保てないためだ。<br>　関係者によると、内科の当直医はこの二年で五人減った。残る医師の一月の当直は平均で六回に上る。<br><br>　県は近くの民間病院と協定を結び、受け入れない日の搬送先を確保する。救急隊には新しい手引きを配る。<br>（野村直）<br><div class="kaiin">この記事は有料会員限定です。残り842文字をお読みいただくには会員登録が必要です。<br><a href="/login">ログインして続きを読む</a></div></div>
<div class="sns">シェアする</div><div id="kanren"><b>関連記事</b><br><a href="/1">医師の確保、県が奨学金を拡充</a><br><a href="/2">救急車の到着、平均で二分遅く</a></div></div><div id="right">24時間アクセスランキング<br>1 <a href="/3">県央駅前のデパート閉店</a></div></div><div id="ft">県央日日の記事、写真の著作権は県央日日新聞社に帰属します。</div></div></body></html>"""

# Between the paragraphs stand lines that are nothing but links to others; the title bears the site's name.
LEADING_ON = """<!doctype html><html lang="ja"><head><meta charset="utf-8"><meta property="og:title" content="新しい連絡橋、開通　渡り初めに三千人 | 瀬戸通信"><meta property="og:type" content="article"><meta property="article:published_time" content="2026-11-27T09:05:00Z"><meta property="article:modified_time" content="2026-11-27T12:00:00Z"><title>新しい連絡橋、開通　渡り初めに三千人 | 瀬戸通信</title></head><body><header class="gHeader"><h1 class="gLogo"><a href="/">瀬戸通信</a></h1></header>
<div class="contents"><section class="article-wrap"><header><h2 class="headline">新しい連絡橋、開通　渡り初めに三千人</h2></header><ul class="sns-list"><li>ツイート</li></ul>
<div class="text"><p>【瀬戸島27日瀬戸通信】瀬戸島と本土を結ぶ新しい連絡橋が二十七日開通し、渡り初めに島の人ら約三千人が集まった。</p><p><a href="/photo/1">【写真】新しい橋を渡る人たち</a></p><p>橋の長さは八百五十メートル。これまで船で二十分かかった道のりが、車で二分になる。</p><p>【関連記事】<a href="/n/2">島の渡船、年内で終了</a></p><h3>渡船は年内まで</h3><p>七十年続いた渡船は十二月三十一日で終わる。船長の男性は「寂しいが、橋は島の願いだった」と語った。</p><p>▽<a href="/n/4">島の小学校、児童が増える</a></p><p>市は来年度、橋のたもとに展望の広場を設ける。（記事の一部を修正しました）</p></div>
<div class="copyright-txt">(c) 瀬戸通信</div></section><section class="recommendArea"><h2>こちらもおすすめ</h2><ul><li><a href="/5">瀬戸内の牡蠣、出荷始まる</a></li></ul></section></div><div class="page-top">ページトップへ</div></body></html>"""

# An agency's story in Korean: who wrote it stands in its first words, when it was changed beside the date.
KOREAN_AGENCY = """<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>바람시, 내년부터 시내버스 무료화…"전국 두 번째" - 바람신문</title><meta property="og:site_name" content="바람신문"></head><body><div class="hd_wrap"><h1><a href="/">바람신문</a></h1><ul><li>정치</li><li>경제</li></ul></div><div class="view_wrap"><div class="view_head"><h3 class="tit">바람시, 내년부터 시내버스 무료화…"전국 두 번째"</h3><p class="sub">65세 이상부터 단계 시행</p><span class="date">기사입력 2026-11-27 18:05 | 최종수정 2026-11-28 09:10</span><span class="writer">한솔 기자</span></div>
<div class="view_con"><div class="img_wrap"><img src="/photo/bus.jpg" alt="버스"><p class="txt">바람시 중앙로를 지나는 시내버스. [사진=바람신문]</p></div><p>[바람=바람신문] 한솔 기자 = 바람시가 내년 1월부터 시내버스 요금을 단계적으로 없앤다. 시는 27일 이런 내용의 교통 계획을 발표했다.</p><p>먼저 65세 이상과 18세 이하 시민이 무료로 탄다. 2028년에는 모든 시민으로 넓힌다.</p><p>시는 한 해 210억 원이 들 것으로 본다. 시 관계자는 "승용차를 줄여 길을 넓히는 것보다 싸다"고 말했다.</p><p>&lt;저작권자 ⓒ 바람신문 무단전재 및 재배포 금지&gt;</p><p>hansol@baram.example</p></div><div class="byline_box">한솔 기자의 다른 기사 보기 <a href="/w/1">버스 노선 개편안 확정</a></div><div class="hot"><strong>실시간 인기기사</strong><ul><li>1 <a href="/1">시청 앞 광장에 얼음판</a></li></ul></div></div><div class="ft">바람신문 등록번호 바람 아00001 | 청소년보호책임자 이바다</div></body></html>"""
