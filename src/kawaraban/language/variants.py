"""Kanji that are written in more than one way: the original forms and the forms that names keep, each with the form in common use.

For finding only: 渡邊 and 渡辺 are two families, and no text is ever changed by this.
"""

from __future__ import annotations

# Each group begins with the form in common use.
_GROUPS = """
亜亞 悪惡 圧壓 囲圍 為爲 医醫 壱壹 隠隱 栄榮 営營 衛衞 駅驛 円圓 塩鹽 縁緣 応應 欧歐 殴毆 桜櫻 奥奧 横橫 温溫 穏穩 仮假 価價 画畫 会會 壊壞
懐懷 絵繪 拡擴 殻殼 覚覺 学學斈 岳嶽 楽樂 勧勸 巻卷 寛寬 歓歡 缶罐 観觀 関關 陥陷 巌巖 顔顏 帰歸 気氣 亀龜 偽僞 戯戲 犠犧 旧舊 拠據 挙擧 峡峽
挟挾 狭狹 暁曉 区區 駆驅 勲勳 薫薰 径徑 恵惠 渓溪 経經 継繼 茎莖 蛍螢 軽輕 鶏鷄 芸藝 倹儉 剣劍劔劒剱 圏圈 検檢 権權 献獻 県縣 険險 顕顯 験驗 厳嚴
効效 広廣 恒恆 鉱鑛 号號 国國圀 黒黑 済濟 砕碎 剤劑 雑雜 参參 惨慘 桟棧 蚕蠶 賛贊 残殘 糸絲 歯齒 児兒 辞辭 湿濕 実實 舎舍 写寫 釈釋 寿壽 収收
従從 渋澁 獣獸 縦縱 粛肅 処處 叙敍敘 奨奬 将將 焼燒 称稱 証證 乗乘 剰剩 壌壤 嬢孃 条條 浄淨 畳疊疉 穣穰 譲讓 醸釀 嘱囑 触觸 寝寢 慎愼 晋晉 真眞
尽盡 図圖 粋粹 酔醉 随隨 髄髓 数數 枢樞 声聲 静靜 斉齊 斎齋 摂攝 窃竊 専專 戦戰 浅淺 潜潛濳 繊纖 践踐 銭錢 禅禪 双雙 壮壯 捜搜 挿插 争爭 総總
聡聰 荘莊 装裝 騒騷 増增 臓臟 蔵藏 属屬 続續 堕墮 体體 対對 帯帶 滞滯 台臺 滝瀧 択擇 沢澤 単單 担擔 胆膽 団團 弾彈 断斷 痴癡 遅遲 昼晝 虫蟲
鋳鑄 庁廳 聴聽 鎮鎭 逓遞 鉄鐵鐡 転轉 点點 伝傳 党黨 盗盜 灯燈 当當 闘鬪 徳德 独獨 読讀 届屆 縄繩 弐貳 悩惱 脳腦 覇霸 廃廢 拝拜 売賣 麦麥 発發
髪髮 抜拔 蛮蠻 秘祕 浜濱濵 払拂 仏佛 並竝 変變 辺邊邉 弁辨瓣辯 舗舖 穂穗 宝寶寳 豊豐 没沒 翻飜 槙槇 万萬 満滿 黙默 弥彌 薬藥 訳譯 予豫 余餘 与與
誉譽 揺搖 様樣 謡謠 遥遙 瑶瑤 来來 頼賴 乱亂 覧覽 竜龍 両兩 猟獵 緑綠 塁壘 励勵 礼禮 隷隸 霊靈 齢齡 暦曆 歴歷 恋戀 錬鍊 炉爐 労勞 楼樓 禄祿 録錄
湾灣 高髙 崎﨑嵜碕 吉𠮷 土圡 島嶋嶌 峰峯 渇渴 掲揭 祇祗 鴎鷗 尭堯 檜桧 籠篭 蝋蠟 頬頰 賎賤 涛濤 祷禱 鹸鹼 麺麵 嘘噓 掴摑 餅餠
歩步 黄黃 毎每 海海 呉吳 内內 青靑 清淸 横橫 粤粵 浄淨 凛凜 曽曾 栃杤 亘亙 館舘 富冨 裏裡 纉纘 桝枡 淵渕 鈎鉤 莱萊 藪薮 侠俠 撹攪 繍繡 蒋蔣 醤醬
"""
_TO_COMMON = {ord(letter): group[0] for group in _GROUPS.split() for letter in group[1:] if letter != group[0]}


def common_kanji(text: str) -> str:
    """Write every kanji in its common form; the text keeps its length in characters."""
    return text.translate(_TO_COMMON)
