"""Proofreading: each rule finds what is wrong, and leaves alone what is right."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawaraban.demo.stories_reading import stories
from kawaraban.language.proof import OF_FORM, Level, Style, Width, proof
from kawaraban.language.proof.words import headlines

# (text, rule, what is marked, what is proposed)
WRONG = [
    ("市長は「橋を架けると述べた。", "brackets", "「", None),
    ("橋を架ける」と述べた。", "brackets", "」", None),
    ("橋を架ける。。", "doubled-mark", "。。", "。"),
    ("橋,道,港を直す。", "western-mark", ",", "、"),
    ("ｻｰﾊﾞが止まった。", "half-width-kana", "ｻｰﾊﾞ", "サーバ"),
    ("参加は12人、うち３人が欠席した。", "widths", "３", "3"),
    ("会議はＡＰＥＣで、APECの宣言を採択した。", "widths", "ＡＰＥＣ", "APEC"),
    ("橋が開いた。\n【写真】渡り初めをする住民", "credit-missing", "渡り初めをする住民", None),
    ("参加は3人、欠席は四人だった。", "number-style", "四人", "4人"),
    ("2026年11月24日(水)に開く。", "weekday", "水", "火"),
    ("2026年11月24日水曜日に開く。", "weekday", "水", "火"),
    ("令和8年11月24日(水)に開く。", "weekday", "水", "火"),
    ("2026年11月24日(火)に開き、25日と11月26日(金)に続ける。", "weekday", "金", "木"),
    ("2026年2月30日(月)に開く。", "no-such-day", "2026年2月30日(月)", None),
    ("大統領は現地時間11日、会談した。", "unknown-month", "11日", None),
    ("大統領は11日(現地時間)、会談した。", "unknown-month", "11日", None),
    ("まず最初に市長があいさつした。", "redundant", "まず最初に", "最初に"),
    ("約20人ほどが集まった。", "redundant", "約20人ほど", None),
    ("市の看護婦が診た。", "unwanted-word", "看護婦", "看護師"),
    ("サーバーを直した。サーバーは古い。新しいサーバが着いた。", "variant", "サーバ", "サーバー"),
    ("米韓の協議を終え、米韓は声明を出した。韓米は続ける。", "two-forms", "韓米", "米韓"),
    ("米・韓の協議を終え、米韓は声明を出した。米韓は続ける。", "two-forms", "米・韓", "米韓"),
    # conjugation that cannot stand
    ("両社の設備が統合されことで、費用が減る。", "conjugation", "れこと", "れること"),
    ("市は計画を発表し。", "conjugation", "し", "した"),
    ("市長は住民に理由を語っ。", "conjugation", "語っ", "語った"),
    ("高さは夢であっ160キロに達した。", "conjugation", "あっ160", "あった160"),
    ("県が運営る施設が開いた。", "conjugation", "運営る", "運営する"),
    ("市は計画の見直しなどとている。", "conjugation", "とて", "として"),
    ("住民は掛け合わて決めた。", "dropped-kana", "わて", "わせて"),
    ("市は書類を書か、提出した。", "conjugation", "書か", None),
    ("会議は3日に行われてる。", "i-left-out", "てる", "ている"),
    ("選手はチャッップを交わした。", "doubled", "ッッ", "ッ"),
    ("池にオシドドリが来た。", "doubled", "ドド", "ド"),
    ("大雨の被被害は広がった。", "doubled", "被被", "被"),
    # particles that cannot stand there
    ("市の発表をよると、橋は直る。", "particle", "を", "に"),
    ("会議は東京がおいて開かれた。", "particle", "が", "に"),
    ("市長は「反対だ」をいう考えを示した。", "particle", "を", "と"),
    ("式は来年以降へなる。", "particle", "へ", "に"),
    ("市は橋をが直す。", "particle", "をが", None),
    ("橋が閉鎖されため、住民は迂回した。", "conjugation", "れため", "れるため"),
    ("住民を助けため、隊員が向かった。", "conjugation", "助けため", "助けるため"),
    ("計画に参加しため、費用が増えた。", "conjugation", "しため", None),
    # the と of what is said or thought
    ("来年には完成するだろう予想した。", "missing-to", "だろう予想", "だろうと予想"),
    ("市長は橋が持ちこたえるだろう語った。", "missing-to", "だろう語っ", "だろうと語っ"),
    ("町長は必ず再建しよう誓った。", "missing-to", "しよう誓っ", "しようと誓っ"),
    ("会長は失敗は自分の責任だ認めた。", "missing-to", "だ認め", "だと認め"),
    ("市は来月にも再開する見込んでいる。", "missing-to", "する見", "すると見"),
    ("損害は一億円に上る見られる。", "missing-to", "上る見", "上ると見"),
    ("警察は事故だった断定した。", "missing-to", "た断定", "たと断定"),
    ("会社は安全性に問題はない発表した。", "missing-to", "ない発表", "ないと発表"),
    # 的 that one of two lacks
    ("迅速かつ徹底し効果的な対策を求めた。", "missing-teki", "徹底し効果的", "徹底的で効果的"),
    ("継続し包括的な支援が要る。", "missing-teki", "継続し包括的", "継続的で包括的"),
    ("大胆かつ抜本し構造的な改革を求めた。", "missing-teki", "抜本し構造的", "抜本的で構造的"),
    # a letter or a particle twice
    ("橋をを架ける。", "doubled", "をを", "を"),
    ("日韓の核抑抑止の議論を始めた。", "doubled", "抑抑", "抑"),
    ("市の政策担担当者が説明した。", "doubled", "担担", "担"),
    ("委員会はは6日に報告書をまとめた。", "doubled", "はは", "は"),
    ("港からから船が出た。", "doubled", "からから", "から"),
    # a particle that its verb never has, or that never stands before or behind a word
    ("市長はこの発言に否定した。", "particle", "に", "を"),
    ("議会は予算案に可決した。", "particle", "に", "を"),
    ("市は28日に工事が発表した。", "particle", "が", "を"),
    ("市は改正案が検討している。", "particle", "が", "を"),
    ("同市は料金へ批判した。", "particle", "へ", None),
    ("川が沿って道がある。", "particle", "が", "に"),
    ("来年三月がめどに完成させる。", "particle", "が", "を"),
    ("撤退で余儀なくされた。", "particle", "で", "を"),
    ("工事は中止することがなった。", "particle", "が", "に"),
    ("計画が進むようを求めた。", "particle", "を", "に"),
    ("家族とともが移り住んだ。", "particle", "が", "に"),
    ("橋はついては市が調べる。", "particle", "は", "に"),
    ("原因は誰も知ることをできなかった。", "particle", "を", "が"),
    # a kana that was left out
    ("公園で財布が発見れた。", "dropped-kana", "見れ", "見され"),
    ("市議会で予算案が可決さた。", "dropped-kana", "さた", "された"),
    ("事故の原因がわかた。", "dropped-kana", "かた", "かった"),
    # spoken forms
    ("この店では魚が食べれる。", "ra-left-out", "食べれる", "食べられる"),
    ("朝から海が見れない。", "ra-left-out", "見れ", "見られ"),
    ("読まさせていただく。", "sa-put-in", "読まさせ", "読ませ"),
    ("委員会は市長を議事録を渡した。", "object-twice", "を議事録を", None),
    # what cannot stand behind what
    ("港で引退す選手を迎えた。", "conjugation", "す選手", "する選手"),
    ("池に浮いてい千円札を拾った。", "conjugation", "い千", None),
    ("選手は「走れた」と発表しという。", "conjugation", "しと", "したと"),
    ("病院に運ばれのは朝だった。", "conjugation", "れの", None),
    ("逮捕され際に否認した。", "conjugation", "れ際", None),
    ("市が行っ点検で見つかった。", "conjugation", "行っ点検", None),
    ("橋が落ちる恐れがあ町に知らせた。", "conjugation", "があ", "がある"),
    ("歌手とて活動し、港で歌った。", "conjugation", "歌手とて", "歌手として"),
    ("住民の声を受て市は橋を直した。", "conjugation", "受て", "受けて"),
    ("橋は通行止めとっている。", "conjugation", "止めとっ", "止めとなっ"),
    ("市は電話で督促を行。", "conjugation", "を行", None),
    ("雨が続くとみらる町で備えた。", "conjugation", "みらる", None),
    ("気温が下がる見通しある。", "conjugation", "見通しある", "見通しである"),
    ("「申し訳ありませんでし」と述べた。", "conjugation", "でし」", "でした」"),
    ("戻る可能性が高との見方を示した。", "conjugation", "が高", "が高い"),
    ("市は橋を直すを説明した。", "conjugation", "直すを", None),
    ("工事は昨年設立されたとう。", "conjugation", "とう。", "という。"),
    ("気象庁によば、雨が続く。", "dropped-kana", "によば", "によれば"),
    ("橋の状況にいて説明した。", "dropped-kana", "状況にいて", "状況について"),
    ("橋は通れないことになた。", "dropped-kana", "になた", "になった"),
    ("市長は病院で亡なった。", "dropped-kana", "亡なっ", "亡くなっ"),
    ("市は調査を行なった。", "okurigana", "行な", "行"),
    ("住民は会議で意見を述た。", "conjugation", "述た", "述べた"),
    ("漁師は船を出せかった。", "conjugation", "出せかっ", "出せなかっ"),
    ("工事は春に始めり、秋に終わる。", "conjugation", "始めり", None),
    ("委員会は報告書を。", "conjugation", "を。", None),
    # a letter that is in no word twice
    ("雨は24日日午後に止んだ。", "doubled", "日日", "日"),
    ("大会は3日日間で終わる。", "doubled", "日日", "日"),
    ("船は24日日ごろに着く。", "doubled", "日日", "日"),
    ("銀行口口座を開いた。", "doubled", "口口", "口"),
    ("市は様様子を見て橋を開く。", "doubled", "様様", "様"),
    ("港の北北京号が着いた。", "doubled", "北北", "北"),
    ("首脳は握握手を交わした。", "doubled", "握握", "握"),
    ("半島の幹幹線道路を直した。", "doubled", "幹幹", "幹"),
    ("乗客と乗員員は無事だった。", "doubled", "員員", "員"),
    ("橋の上に5人人が残った。", "doubled", "人人", "人"),
    ("祭りに王様様が来た。", "doubled", "様様", "様"),
    # a word that the dictionary has with both letters, which papers write with 々
    ("山の斜面に段段畑が広がる。", "doubled", "段段", "段々"),
    ("港に人人が集まった。", "doubled", "人人", "人々"),
    ("工事は着着と進む。", "doubled", "着着", "着々"),
    ("個個の事情を聞いた。", "doubled", "個個", "個々"),
    ("選手はドイイツから来た。", "doubled", "イイ", "イ"),
    ("池のカササギとメデディアを見た。", "doubled", "デデ", "デ"),
    ("市長はは、橋を直すと述べた。", "doubled", "はは", "は"),
    ("橋の開通が認められられた。", "doubled", "られられ", "られ"),
    # particles that do not lead to their verb
    ("港で大きな事故を発生した。", "particle", "を", "が"),
    ("橋の会議を開催された。", "particle", "を", "が"),
    ("市は橋の計画の発表した。", "particle", "の", None),
    ("市長は新しい橋へ発表した。", "particle", "へ", None),
    ("市は橋の工事と始めた。", "particle", "と", None),
    ("「橋は来年直る」で述べた。", "particle", "で", "と"),
    ("市は橋を直すに説明した。", "particle", "に", "と"),
    ("同市を気象台によると、雨が続く。", "particle", "を", "の"),
    ("県内で最を多い雨が降った。", "particle", "を", "も"),
    ("市長が住民が呼んだ。", "particle", "が", None),
    ("大雨を際に橋を閉じた。", "particle", "を", "の"),
    ("強風がため船は休んだ。", "particle", "が", "の"),
]

RIGHT = [
    "女性は直後に帰り、地震のせいでうちの近くの道道が閉じ、東東京の結いの党と間も無く会う。",
    "22日日本時間の朝、熊本日日新聞と広島市市議会、平成電電を訪ねた。",
    "理事会会長と国民党党首と監視部隊隊員が、午前10時時点で三大大会と今市市を語った。",
    "頭蓋骨骨折の人を、2008年年明けに契約約5億円で迎え、北北西へ向かった。",
    "労働党党大会と保育園園児と兵庫県県庁と警視庁庁舎、ろっ骨骨折、水着着用、弟弟子が2発発砲した。",
    "一方で通信社によると、橋はあたごの国と国境を接し、メッタ刺しして逃げた。重さを肩、腰に感じた。",
    "プレスリリースとアルプススタンド、ミシシッピ州のマララさんのバナナを見た。",
    "予選を勝ち上がった組が難局を乗り切り、身を乗り出した。空港を離陸し、駅を発車した。",
    "財布を盗まれ、責任を問われた。原告の住んでいた家で、資金の集まる速さに驚いた。",
    "妻と働き、敵と戦い、二度と起こさない。例年と比べて雨が多いと発表した。",
    "式典を前に客が集まり、商店街を中心に雪が残った。市内へ運び、海へ出た。",
    "19日の降り始めから雨が続き、書き込みも増えた。やむを得ない事情を言わざるを得ない。",
    "時事通信と朝日新聞によると、味方にいてくれる人がいる。包丁で打ち上げとなった。",
    "市長は「橋(全長112メートル)を架ける」と述べた。",
    "2026年11月24日(火)に開く。価格は1,340円、3.4キロ。",
    "Wagtail 8.0を使う。「え……」と言った。",
    "母が花を生ける。",
    "組員が指差しして山口組組長を呼び、ふなっしーが来た。",
    "敵が会社を乗っ取り、酔っ払った男が踏ん張った。さがら草競馬を見た。",
    "お礼にと花を贈り、支援をと訴え、海外へも広げ、責任の一端をになった。",
    "橋をわたって向かい、何をおいても守る。彼へ言った。市を除く地域にはある。",
    "「もう決まってる」と話した。",
    "水族館館長と最高裁裁判官が、大学大学院の三大大会を見た。",
    "本を出すとともに、橋が高かったため、8時までで終え、続けることとした。",
    "市長は「来年は増えるだろう」と予想した。",
    "雨になるだろう見通しを示した。",
    "市は事業者と連携し効果的な対策を取る。",
    "情報を分析し戦略的な判断をした。",
    "委員会は会議を開き、報告書をまとめた。",
    "10月1日をめどに制度を改める。",
    "両国は停戦合意に調印し、失点を一点に抑えた。",
    "市は問題を真剣に検討し、市民を交えて検討した。",
    "準決勝に続けて決勝を開いた。式典はともに開催し、一緒に調べよう。",
    "会長が検討し、監督が批判し、捜査が始まった。",
    "調査による確認された数だ。役に立つという説明をした。",
    "市長が続けて語る見方は、考え方が変わる話し方だ。",
    "客に受けた店だ。火がついて、休みがとっても長い。",
    "新しい橋を建てることができ、増えることにもなった。",
    "公平かつ迅速な審査をし、社会が安定し持続的な成長を遂げる。",
    "選手らは28日、記者会見し「力を出せた」と話した。",
    "走れる人、切れる刃、くれる人、あきれる人がいる。",
    "明日は現地時間の3月11日、日本時間12日だ。",
    "外国人外務官と郷土人形の展示を見た。",
    "一人が二人を呼び、3人で話した。",
    "朝日新聞によると、17日朝に日朝の協議を始めた。",
    "1) 顔文字の:)を使った。",
    "赤い灯台、ここにいるまま、いろいろな話を、そのままにした。",
    "我が国国民の声を聞き、その後後任を決めた。",
    "24日日経平均は下げ、日産と日立が25日日大で、日弁連が26日日テレで説明し、27日日比谷公園で開く。24日日産は上げ、25日日立は下げた。",
    "父母の会会費と友の会会員、海を守る会会長、出入り口口座を確かめた。",
    "市は22日日没まで捜索し、30日日程を示した。選手団は威風堂々と行進した。",
]


# を stands before verbs without an object too: where one goes along or away, over what time, in what contest; and some have it both ways.
ALONG = [
    "議員は議場を退席した。",
    "社員は会社を欠勤した。",
    "生徒はこの道を通学している。",
    "男は市内を逃走した。",
    "容疑者は国外を逃亡した。",
    "父は電車で山道を通勤した。",
    "選手は右肘を故障した。",
    "市は防災と観光を両立した。",
    "乗客は席を立ち上がった。",
    "車は崖を転落した。",
    "チームは最下位を低迷した。",
    "男性は雨の夜道を帰宅した。",
    "生徒は春に学校を転校した。",
    "主将はチームを移籍した。",
    "記者は会社を転職した。",
    "歌手は事務所を独立した。",
    "市民は白票を投票した。",
    "船は世界の港を寄港した。",
    "航空会社は新路線を就航した。",
    "住民は説明を納得した。",
    "両国は停戦を合意した。",
    "市長は工事の条件を譲歩した。",
    "横綱は開幕戦を敗れた。",
    "列車は定刻を遅れた。",
    "彼は暑い夏を耐えた。",
    "住民は自宅を避難した。",
    "気温は30度前後を推移した。",
    "客は長い階段を降る。",
    "車は角を折れた。",
    "雲は空を浮かんでいる。",
    "団体は判定を抗議した。",
    "夫妻は施設を来訪した。",
    "台風は列島を襲来した。",
    "前線は本州付近を停滞した。",
    "消防団は雪道を駆けつけた。",
    "市は二つの工事を並行した。",
    "選手は吹雪の中を到着した。",
    "気球は夜空を上昇した。",
    "選手は初戦を苦戦した。",
]


@pytest.mark.parametrize(("text", "rule", "marked", "proposed"), WRONG)
def test_what_is_wrong_is_found_with_its_place_and_its_mending(text, rule, marked, proposed):
    found = [(report.rule, report.text, report.suggestion) for report in proof(text)]
    assert (rule, marked, proposed) in found


@pytest.mark.parametrize("text", RIGHT + ALONG)
def test_what_is_right_is_left_alone(text):
    assert [(report.rule, report.text) for report in proof(text) if report.level is not Level.HINT] == []


@pytest.mark.parametrize("word", ["段段畑", "人人", "国国", "個個", "着着", "年年", "続続", "堂堂", "様様"])
def test_a_word_that_is_a_letter_twice_is_no_error(word):
    for text in (f"港では{word}と船を見た。", f"{word}の話を聞いた。"):
        assert [(report.level, report.suggestion[1]) for report in proof(text)] == [("warn", "々")], text


def test_a_report_says_where_it_stands():
    text = "正しい段落。\n橋をを架ける。"
    (report,) = proof(text)
    assert text[report.start : report.end] == report.text == "をを"
    assert report.start == 8


def test_a_mended_text_has_nothing_to_mend():
    for text, _, _, proposed in WRONG:
        if proposed is None:
            continue
        for report in reversed(proof(text)):
            if report.suggestion is not None:
                text = text[: report.start] + report.suggestion + text[report.end :]  # noqa: PLW2901
        assert [report.rule for report in proof(text) if report.level is not Level.HINT and report.suggestion] == [], text


def test_a_weekday_without_a_year_is_of_the_storys_time():
    assert [report.suggestion for report in proof("11月24日(水)に開く。", Style(day=date(2026, 11, 20)))] == ["火"]
    assert proof("1月5日(火)に開く。", Style(day=date(2026, 12, 28))) == []
    assert proof("11月24日(水)に開く。") == []


def test_a_long_sentence_is_a_hint():
    text = "市は橋の架け替えについて住民に説明し、" * 8 + "計画を進める。"
    assert {report.rule for report in proof(text) if report.level is Level.HINT} == {"long-sentence"}
    assert [report.rule for report in proof(text, Style(longest_sentence=400)) if report.rule == "long-sentence"] == []


def test_a_newsroom_adds_words_takes_them_back_and_accepts_what_it_means():
    text = "市の看護婦が架空町で診た。"
    assert [report.text for report in proof(text, Style(unwanted={"架空町": "架空市"}))] == ["看護婦", "架空町"]
    assert proof(text, Style(unwanted={"看護婦": "看護婦"})) == []
    assert proof(text, Style(accepted=frozenset([("unwanted-word", "看護婦")]))) == []
    assert proof(text, Style(silent=frozenset(["unwanted-word"]))) == []


@pytest.mark.parametrize(
    ("chosen", "text", "right"),
    [
        ({"digits": "half"}, "参加は１２人、３．５％。", "参加は12人、3.5％。"),
        ({"digits": "full"}, "参加は12人、1,200円。", "参加は１２人、１，２００円。"),
        ({"digits": "single-full"}, "3人と１２人、2.5倍とCOVID-19とF15。", "３人と12人、2.5倍とCOVID-19とF15。"),
        (
            {"latin": "full"},
            "EUとG7、https://example.org/eu と desk@example.org。",
            "ＥＵとG7、https://example.org/eu と desk@example.org。",
        ),
        ({"latin": "half"}, "ＥＵは", "EUは"),
        ({"brackets": "full"}, "韓世珍(ハン・セジン)氏", "韓世珍（ハン・セジン）氏"),
        ({"comma": "，"}, "橋、道，1,000人、", "橋，道，1,000人，"),
        ({}, "参加は12人、EU(欧州)、", "参加は12人、EU(欧州)、"),
    ],
)
def test_the_house_style_of_widths_is_proposed_and_never_taken_for_an_error(chosen, text, right):
    style = Style(**{key: value if key == "comma" else Width(value) for key, value in chosen.items()})
    found = [report for report in proof(text, style) if report.rule == "house-style"]
    assert all(report.level is Level.WARN and text[report.start : report.end] == report.text for report in found)
    assert {report.rule for report in found} <= OF_FORM
    for report in reversed(found):
        text = text[: report.start] + report.suggestion + text[report.end :]
    assert text == right


@given(st.text(max_size=200))
def test_no_text_makes_it_fail(text):
    assert all(text[report.start : report.end] == report.text for report in proof(text))


@given(st.text(alphabet="市長は橋をにがと架ける。、「」(れることだろう抑制さたっいをを米韓・0123年月日火", max_size=60))
def test_no_japanese_text_makes_it_fail(text):
    assert all(text[report.start : report.end] == report.text for report in proof(text))


def test_titles_that_are_begun_and_never_ended_are_read_in_time_that_grows_with_them():
    began = time.process_time()
    assert headlines("『" * 40_000) == set()
    assert time.process_time() - began < 2
    assert headlines("彼は『責任とる』と『『書いた』") == {*range(2, 8), *range(10, 15)}


def test_the_demos_own_stories_have_no_errors():
    reports = {
        story.id: found
        for story in stories()
        if story.language == "ja" and (found := [report for report in proof(story.fields["body"]) if report.level is Level.ERROR])
    }
    assert reports == {}
