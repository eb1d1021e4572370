"""Units and their factors, exact as they are defined: the yard and pound of 1959, the Chinese market measures of 1959,
the Julian year. A kind in brackets, then one unit a line: what it is called, and how many base units it is."""

TABLE = """
[length]
m metre meter 米 公尺 = 1
km kilometre kilometer 公里 千米 = 1000
cm centimetre centimeter 厘米 = 0.01
mm millimetre millimeter 毫米 = 0.001
um μm micrometre 微米 = 1e-6
nm nanometre 纳米 = 1e-9
in inch inches 英寸 = 0.0254
ft foot feet 英尺 = 0.3048
yd yard 码 = 0.9144
mi mile 英里 = 1609.344
nmi nautical_mile 海里 = 1852
au 天文单位 = 149597870700
ly light_year 光年 = 9460730472580800
chi 市尺 尺 = 1/3
cun 市寸 寸 = 1/30
zhang 丈 = 10/3
li 市里 里 = 500
[mass]
kg kilogram 千克 公斤 = 1
g gram 克 = 0.001
mg milligram 毫克 = 1e-6
t tonne 吨 = 1000
lb pound lbs 磅 = 0.45359237
oz ounce 盎司 = 0.028349523125
st stone 英石 = 6.35029318
jin 市斤 斤 = 0.5
liang 两 = 0.05
qian 钱 = 0.005
dan 担 = 50
ct carat 克拉 = 0.0002
[time]
s second seconds 秒 = 1
ms millisecond 毫秒 = 0.001
min minute minutes 分钟 分 = 60
h hour hours 小时 时 = 3600
d day days 天 日 = 86400
week weeks 周 星期 = 604800
year years 年 = 31557600
[area]
m2 m² 平方米 = 1
km2 km² 平方公里 平方千米 = 1000000
cm2 cm² 平方厘米 = 0.0001
ha hectare 公顷 = 10000
acre acres 英亩 = 4046.8564224
ft2 ft² sqft 平方英尺 = 0.09290304
mi2 sqmi 平方英里 = 2589988.110336
mu 亩 市亩 = 2000/3
qing 顷 = 200000/3
[volume]
l litre liter 升 公升 = 0.001
ml millilitre milliliter 毫升 = 1e-6
m3 m³ 立方米 = 1
cm3 cm³ 立方厘米 = 1e-6
gal gallon 加仑 = 0.003785411784
gal_uk imperial_gallon 英制加仑 = 0.00454609
qt quart 夸脱 = 0.000946352946
pt pint 品脱 = 0.000473176473
cup 杯 = 0.0002365882365
floz fl_oz 液盎司 = 0.0000295735295625
tbsp tablespoon 汤匙 = 0.00001478676478125
tsp teaspoon 茶匙 = 0.00000492892159375
bbl barrel 桶 = 0.158987294928
[speed]
m/s mps 米每秒 = 1
km/h kmh kph 公里每小时 = 5/18
mph 英里每小时 = 0.44704
kn knot knots 节 = 463/900
ft/s fps = 0.3048
[energy]
j joule 焦 焦耳 = 1
kj kilojoule 千焦 = 1000
cal calorie 卡 = 4.184
kcal kilocalorie 千卡 大卡 = 4184
wh 瓦时 = 3600
kwh 千瓦时 度电 = 3600000
btu 英热 = 1055.05585262
ev = 1.602176634e-19
[power]
w watt 瓦 = 1
kw kilowatt 千瓦 = 1000
milliwatt 毫瓦 = 0.001
megawatt 兆瓦 = 1e6
hp horsepower 马力 = 735.49875
[pressure]
pa pascal 帕 = 1
hpa mbar 百帕 = 100
kpa 千帕 = 1000
mpa 兆帕 = 1e6
bar 巴 = 100000
atm 大气压 = 101325
psi = 6894.757293168361
mmhg torr 毫米汞柱 = 133.322387415
[data]
b byte bytes 字节 = 1
bit 比特 = 1/8
kbit = 125
mbit = 125000
gbit = 1.25e8
kb = 1000
mb = 1e6
gb = 1e9
tb = 1e12
pb = 1e15
kib = 1024
mib = 1048576
gib = 1073741824
tib = 1099511627776
[angle]
deg degree degrees 度 = 1
arcmin 角分 = 1/60
arcsec 角秒 = 1/3600
turn 周角 = 360
[frequency]
hz 赫兹 = 1
khz = 1000
mhz = 1e6
ghz = 1e9
rpm 转每分 = 1/60
"""
