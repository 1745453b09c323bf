"""Words by what they are about, so that what is learned of "axe" holds for "machete" too.

A class is named by two or three capitals, which no normalised text has. A word stands in one
class only, the one a reader of abusive mail would think of first; the model learns from the
company a class keeps ("YU" behind "HV") and not from the class alone, since harmless mail is
full of these words. English as people type it, British spelling and some regional words.
"""

# ruff: noqa: SIM905 - a block of words is easier to read and check than a list of strings.

_CLASSES = {
    # -- who
    "IX": "i i'm im i'll ill i've ive i'd id me my mine myself meself am ah ahm aa amna",
    "WX": "we we're we'll we've we'd us our ours ourselves wor",
    "YU": """
        you u ya yous youse yow ye yez yer yo you're youre your ur you'll youll you've youve
        you'd youd yours yourself yourselves yourself yersel thee thou thy youall yall""",
    "HE": "he him his himself she her hers herself he's hes she's shes he'd she'd he'll she'll",
    "TH": "they them their theirs themselves they're theyre they'll they've they'd em",
    "SB": """
        someone somebody anyone anybody everyone everybody whoever person people folk folks
        nobody""",
    "GP": """
        lads boys mates mate cousins cousin brothers crew gang mob friends friend blokes bloke
        fellas fella men guys guy followers members patriots supporters neighbours bro""",
    # -- harm
    "HV": """
        kill kills killing murder murdering stab stabbing shoot shooting shot strangle throttle
        behead lynch hang hanging hanged maim slaughter execute slit gut gutted butcher
        assassinate rape raping drown choke cripple crippled kneecap skin batter battered
        leather deck lamp bray hospitalise annihilate slice scalp gouge disembowel finish merk
        shank chib malky dispatch""",
    "HW": """
        hurt harm hit punch smash smashed beat beating kick kicked kicking break breaking crush
        thump clout slap slapped bash headbutt bruise bruised throw drag dragged drop snap
        wreck pummel belt clip glass glassed floor flatten twat wallop shove push pushed knock
        punched""",
    "FR": """
        burn burns burning burnt burned torch torched fire fires petrol matches match lighter
        ablaze flames flame arson kerosene molotov firebomb ashes ignite smoke smoking alight""",
    "EX": """
        bomb bombs bombing explosive explosives device grenade detonate blast explode semtex
        blow""",
    "WP": """
        knife knives blade machete axe hammer bat gun guns shotgun rifle pistol bullet bullets
        acid bricks brick crowbar spanner rope noose sword cleaver pickaxe chainsaw scissors
        stanley screwdriver club cosh baton cartridge cartridges pitchfork spade shovel""",
    "BD": """
        face head skull teeth jaw throat neck eyes eye legs leg knees knee kneecaps fingers
        hands bones ribs arms nose guts windpipe spine ankles mouth tongue knuckles fist fists""",
    "DD": """
        dead die dies dying death deaths died funeral grave graves coffin buried bury burial
        hearse wreath wake cemetery obituary morgue undertaker casket mourn mourning widow
        bodies corpse headstone tombstone ground""",
    "BL": """
        blood bleed bleeding bloodbath bloodshed wound wounded pain suffer suffering agony
        scream""",
    "IN": """
        hospital ambulance stretcher wheelchair injury injuries injured accident accidents a&e
        surgeon scar scars scarred stitches crutches limp casualty""",
    # -- menace without harm
    "AC": """
        careful accidents happens happen slip slippery ice icy mishap unfortunate shame pity
        luck unlucky brakes gas leak wiring stairs step trip fall falls fell crash""",
    "RG": """
        regret regrets sorry wish consequences consequence payback comeuppance reckoning
        judgement judgment karma price paid pay pays payment owe due debt deserve deserves
        deserved coming answer justice revenge vengeance punished punish lesson""",
    "WN": """
        warn warned warning warnings advise advised advice suggest recommend remember mind wise
        think reconsider promise promised swear mark marked threat threats threaten threatening""",
    "VT": """
        visit visiting visits call calls pop drop come comes coming came turn turning round
        around meet meeting outside inside reception arrive arriving knock knocking knocks
        bring bringing brought attend appear""",
    "WT": """
        watch watching watched watches see sees seeing seen saw follow following followed look
        looking looked stare staring notice noticed spot spotted photograph photographed photo
        photos picture pictures film filmed filming camera cameras track tracking parked sit
        sat sitting stood standing wait waiting waited recognise recognised observe observed""",
    "KN": """
        know knows knew known find found finding learn learned learnt discover discovered
        traced trace searched google googled looked heard hear aware""",
    "HM": """
        home house houses door doors doorstep gate street road lane close avenue address
        addresses postcode flat cottage garden drive driveway fence window windows letterbox
        curtains bungalow porch bedroom upstairs kitchen shed hedge bins bin lives live lived""",
    "PL": """
        office offices building desk floor entrance lobby carpark station platform bus train
        tram stop pub gym cafe school nursery church park path alley towpath underpass shop""",
    "FM": """
        wife husband daughter daughters son sons kids kid children child baby mother mum mam
        mummy dad father parents family partner girlfriend boyfriend sister brother gran
        grandson granddaughter nephew niece little lad lass bairn bairns wean weans toddler""",
    "PT": "dog dogs cat cats puppy spaniel labrador terrier horse pony",
    "CR": """
        car cars van tyres tyre bike bicycle bonnet windscreen plate reg registration wheels
        vauxhall""",
    "RT": """
        walk walks walking run runs running jog leaves leave leaving finish finishes lock locks
        locking cycle cycles cycling commute usual usually always every routine alone early
        late lunch tea collect collects picks pick drops shift dark asleep sleep sleeping
        sleeps night""",
    "TM": """
        tonight tomorrow today monday tuesday wednesday thursday friday saturday sunday weekend
        morning afternoon evening midnight noon hour hours minute minutes week weeks day days
        month soon later next one's clock am pm till until before deadline""",
    "GF": """
        present gift parcel package flowers wreath card envelope box surprise token souvenir""",
    "PB": """
        publish published publishing post posted posting share shared spread leak leaked
        screenshot screenshots upload uploaded online facebook group dox doxxed pinned forum
        viral""",
    "CD": "unless if otherwise else or until till provided failing whether",
    "LS": "last final chance once time ultimatum deadline",
    # -- abuse
    "IS": """
        idiot idiots stupid moron morons fool fools imbecile cretin useless pathetic clown
        clowns coward cowards liar liars scum scumbag vermin parasite parasites leech leeches
        rat rats pig pigs worm snake cockroach muppet plonker numpty eejit dope thick dense
        brainless gormless incompetent worthless waste oxygen loser losers failure nonentity
        jobsworth jobsworths twerp prat pillock wally nitwit halfwit dimwit simpleton joke
        laughing lazy spineless gutless toad weasel maggot lowlife trash rubbish garbage
        disgusting vile repulsive smug patronising snivelling sniveling grovelling toerag
        gobshite melt wet bellend""",
    "SW": """
        fuck fucking fucked fuckin fucker fuckers fecking feck shit shite shitty bullshit crap
        bollocks bastard bastards bloody sod sodding damn damned arse arsehole arseholes ass
        asshole twat wanker wankers wank piss pissed pissing prick pricks dick dickhead cunt
        cunts cock knob knobhead bugger buggered hell wtf ffs effing bint tosser tossers""",
    "SL": """
        bitch bitches slut sluts whore whores slag slags tart hag crone cow retard retarded
        spastic spaz mong cripple tranny trannies dyke faggot fag queer poof poofter fairy paki
        pikey gypo chink nigger coon wog kike gollum freak freaks mental nutter psycho schizo
        savage savages darkie coloured coloureds towelhead raghead terrorist immigrant
        immigrants foreigner foreigners invaders subhuman mongrel tard midget fat fatty obese
        ugly wrinkled senile bimbo blonde dolly hormonal menopausal frigid spinster snowflake
        woke diversity""",
    "ID": """
        gay lesbian bisexual trans transgender nonbinary muslim jewish jew jews christian hindu
        sikh catholic protestant black white asian african caribbean indian pakistani polish
        romany roma gypsy traveller irish scottish welsh english autistic disabled deaf blind
        dyslexic diabetic elderly pensioner woman women man female male girl girls queer
        atheist quaker migrant refugee asylum""",
    "SX": """
        sex sexy sexual naked nude undressed knickers underwear bra tits breasts boobs bum legs
        lips kiss kissing bed horny hard cum orgasm wet thighs skirt blouse dress strip fondle
        touch touching grope body gorgeous beautiful pretty stunning lovely perfume tights
        stockings""",
    "LV": """
        love loved loving lover darling sweetheart dear dearest babe honey marry married
        soulmate destiny belong forever dream dreams dreamt heart smile eyes miss thinking
        obsessed adore special connection together alone dinner drink date""",
    "BM": """
        reveal expose exposed secret secrets proof evidence affair career reputation ruin
        ruined destroy destroyed finished sacked sack fired resign job jobs promotion reference
        contract funding grant grants board trustees trustee chairman chief boss employer
        pension position influence favour arrangement quietly discreetly discretion""",
    "SU": """
        suicide suicidal overdose pills tablets bridge cliff jump razor wrists cutting end
        ending goodbye anymore burden hopeless numb exist existing unbearable cope coping
        worthless myself tired note crisis""",
    # -- what harmless mail is about
    "RP": """
        said says saying told tells telling wrote writes written texted shouted shouting
        screamed yelled posted sent received threatened report reported reporting reports
        complained claims claimed alleged alleges quote quoted message messages letter
        voicemail called""",
    "PO": """
        police officer officers constable sergeant pc crime crimes criminal offence offences
        victim victims witness prison sentence sentenced convicted arrested arrest statement
        cps stabbings murders arsons robbery burglary assault assaults violence violent hate
        incident incidents emergency ambulance paramedic""",
    "LG": """
        solicitor solicitors lawyer barrister court tribunal judge legal law act section sue
        suing claim claims proceedings injunction ombudsman ico commissioner regulator
        complaint complaints appeal review damages defamation libel gdpr rights statutory
        breach liability liable""",
    "PR": """
        newspaper paper press journalist reporter editor story article bbc gazette echo radio
        media""",
    "FO": """
        foi information request requests requested data disclose disclosure disclosed records
        record figures statistics number numbers documents document copy copies spreadsheet
        exempt exemption refusal refused withheld authority whatdotheyknow correspondence
        emails minutes""",
    "SV": """
        pothole potholes lamp light lights streetlight rubbish recycling collection tip
        flytipping pavement kerb road roads drain gully bollard crossing junction hedge tree
        trees graffiti council councillor councillors mp mps msp parliament minister planning
        highways department service services website site page form button link app account
        password login alert alerts postcode map map ward constituency""",
    "TE": """
        server process processes script bug bugs error errors exception code api database query
        thread threads child parent branch master slave deploy patch exploit vulnerability
        attack surface payload inject injection crash log logs cache browser terminal job
        daemon abort""",
    "AN": """
        disgrace disgraceful disgusted appalling appalled furious angry outrage outrageous
        shameful shambles scandal ridiculous unacceptable farce insulting insult fuming livid
        fed sick raging fobbed ignored ignoring incompetence excuse excuses""",
    "TK": """
        thank thanks thankyou cheers ta grateful appreciate appreciated kind kindly please pls
        regards sincerely faithfully wishes hope helpful help helped brilliant great wonderful
        happy pleased welcome glad good well nice""",
    "QU": "what when where which who whose why how whats hows wheres whos",
    # -- small words that turn a meaning
    "NO": """
        not no never none nothing without cannot can't cant won't wont don't dont didn't didnt
        isn't isnt wasn't wasnt wouldn't wouldnt shouldn't couldn't couldnt haven't hasn't
        aren't ain't aint nor nae cannae dinnae wouldnae willnae divvent didny doh day""",
    "WL": "will 'll shall going gonna gunna gan gonnae won would'll about plan planning intend",
    "MD": "would could should might may must ought can need needs better hafta gotta",
    "JK": """
        joke joking kidding laugh laughing haha lol lmao funny banter jk figure figuratively
        metaphor speech metaphorically""",
    "GM": """
        game games gaming boss level lobby ranked raid dragon zombies film films movie book
        novel song lyrics play theatre quiz match football rugby cricket goal league chess
        recipe cake garden gardening slugs weeds greenfly wasps moths mice""",
}

CLASS_OF: dict[str, str] = {}
"""Word -> its class; of a word listed twice the first counts."""
for _name, _words in _CLASSES.items():
    for _word in _words.split():
        CLASS_OF.setdefault(_word, _name)

LONGEST_WORD = max(map(len, CLASS_OF))

KEPT = frozenset(
    """
    a an the this that these those it its it's is are was were be been being do does did have has
    had to of in on at by for from with into out up down off over back through under and but so as
    than then there here now again still just only too very all any some more most other another
    own same such even ever yet because since while after about between against let get got go
    make take give put keep say ask want like right wrong see
    """.split()
)
"""Words that stand for themselves between the classes."""


_MASKED_FIRST = {"SW": 0, "SL": 0, "HV": 1, "HW": 1, "IS": 1}
MASKABLE = (
    *sorted(CLASS_OF, key=lambda word: _MASKED_FIRST.get(CLASS_OF[word], 2)),
    *sorted(KEPT - CLASS_OF.keys()),
)
"""The words that stars may stand in, those that people mask first."""


def with_endings() -> dict[str, str]:
    """Word -> class, with the endings English gives words; what is listed goes before."""
    found: dict[str, str] = {}
    for word, name in CLASS_OF.items():
        if not word.isalpha() or len(word) < 3:
            continue
        forms = [f"{word}'s", f"{word}s", f"{word}es", f"{word}ed", f"{word}ing", f"{word}er"]
        forms += [f"{word}in", f"{word}in'"]
        if word.endswith("e"):
            forms += [f"{word}d", f"{word[:-1]}ing", f"{word[:-1]}in"]
        for form in forms:
            if form not in KEPT:
                found.setdefault(form, name)
    return found | CLASS_OF
