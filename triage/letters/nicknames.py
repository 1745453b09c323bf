"""Short and familiar forms of given names, and names that are also plain words. Data, pure."""

_GROUPS = """
abigail abby gail
alan al
albert al bert bertie
alexander alex alec sandy xander sasha
alexandra alex alexa sandra sandy sasha
alfred alf alfie fred
alison ali
andrew andy drew
angela angie
anne ann anna annie nan
anthony tony
antonia toni
arthur art
barbara babs barb barbie
benjamin ben benny benji
bernard bernie
catherine katherine kathryn cath cathy kate katie kathy kat kit kitty
charles charlie chuck chas
charlotte charlie lottie
christine christina chris chrissie tina
christopher chris kit topher
cynthia cindy
daniel dan danny
david dave davy
deborah deb debs debbie
dennis den denny
dominic dom
donald don donnie
dorothy dot dottie dolly
edward ed eddie ned ted teddy
eleanor ellie nell nellie nora
elizabeth liz lizzie lisa beth betty bess eliza libby
emily em emmy millie
eugene gene
florence flo florrie
frances fran frankie fanny
francis frank frankie
frederick fred freddie
gabriel gabe
geoffrey jeffrey geoff jeff
george georgie
gerald gerry jerry
gillian gill jill
gregory greg
harold harry hal
helen nell nellie
henry harry hal hank
isabel isabella bella izzy
jacob jake
jacqueline jackie
james jim jimmy jamie
janet jan
jennifer jen jenny
jessica jess jessie
joanna joanne jo
john jack johnny jon
jonathan jon jonny
joseph joe joey
joshua josh
judith judy jude
kenneth ken kenny
kimberley kim
laurence lawrence larry laurie
leonard len lenny leo
lilian lily
louise lou
lucinda lucy cindy
margaret maggie meg megan peggy peg madge marge margie greta daisy rita
maria mary marie molly polly mae
matthew matt matty
maximilian max
michael mick micky mike mikey
mohammed muhammad mohamed mo
nancy nan
natalie nat
nathaniel nathan nat nate
nicholas nick nicky
nicola nicky nic
oliver olly ollie
olivia livvy liv
pamela pam
patricia pat patsy patty tricia trish
patrick paddy pat
penelope penny
peter pete
philip phil pip
philippa pip pippa
rachel rach
raymond ray
rebecca becca becky
richard dick rich richie rick ricky
robert bob bobby rob robbie bert
roberta bobbie
ronald ron ronnie
rosemary rose rosie
samantha sam
samuel sam sammy
sarah sally sadie
sebastian seb
simon si
stephanie steph
stephen steven steve stevie
susan susannah sue susie
terence terry
theodore theo ted teddy
theresa teresa terry tess tessa
thomas tom tommy
timothy tim
valerie val
veronica ronnie
victor vic
victoria vicky tori
vincent vince vinny
vivian viv
walter walt wally
wilfred wilf fred
william will bill billy willie liam
winifred win winnie freda
zachary zach zack
"""

_PLAIN = """
al am an angel april art august autumn be bell best bill black bob brand bray brook brown buck
bush by cash chance chase chip christian church clay cliff cook cross curt daisy dale dawn day
dean dick do dolly don dot drew faith field fielder fisher flint ford forest frank gay gene glen
go good grace grant gray green grey hall hand harmony hart hazel he heath heather hill holly honor
hope hunt hunter if in iris is it ivy jack jade jasmine jay jo joy jude june justice king lake
lane law lay lily long love major man many mark marsh mason may melody mercy miles mill miller min
moor moss my no north of olive on or page park parker pat patience peace pearl peg penny pepper
perry pip pitt pool poppy port potter price prince prudence ray read reed rich rob robin rock rose
rowan ruby rush rusty sage sally sandy see sharp short shaw si sky smart so song star stone storm
street strong sue summer sun sunny temple tom to up us van verity vic victor violet wade wall ward
way we web well wells west wheeler white will willow win winter wise wood woods wren wright young
"""
WORDS_TOO = frozenset(_PLAIN.split())
"""Alone, such a name counts only where it is written as one: with a capital."""

_FIRST = """
am an be by do go he if in is it many may my no of on or see so to up us we will
"""
BEGINNINGS = frozenset(_FIRST.split())
"""Of these, words with which sentences begin that name nobody."""


def _table() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _GROUPS.strip().splitlines():
        group = line.split()
        for name in group:
            found.setdefault(name, set()).update(group)
    return {name: frozenset(group - {name}) for name, group in found.items()}


FAMILIAR: dict[str, frozenset[str]] = _table()
"""A given name -> other forms in which the same person may be called."""
