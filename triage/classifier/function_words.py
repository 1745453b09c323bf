"""The commonest small words of English and of the languages UK services get mail in.

Without accents, as ``normalise`` leaves them. Words that are English words too (French
"on", German "die", Irish "an") count neither for English nor for the other language.
"""

# ruff: noqa: SIM905 - a block of words is easier to read and check than a list of strings.

ENGLISH = frozenset(
    """
    a about after again aint all also am an and any are as at back be because been before
    being but by can cant could day dear did didnt die do does doesnt doing done dont down
    even every ffs for from fuck fucking get go going gonna good got gotta had has hate have
    he hello her here hey hi him his how i id if ill im in into is isnt it its just kill
    know let like lol madam mate me more most much my need never new no not now of off omg
    on one only or our out over own please pls plz r really regards said say see she shit
    should shut sincerely sir so some still stop take than thank thanks that thats the their
    them then there these they thing think this those time to too u up ur us very wanna want
    was wasnt way we well were what whats when where which who why will with wont work would
    wouldnt wtf yeah year yes yet you your youre yours
    """.split()
)

_LISTS = {
    "French": """
        le la les des une est et vous nous je tu il elle ils que qui dans pour pas avec
        sur ce cette mon ma mes votre vos notre nos du au aux ne sont etes suis ai avez
        mais ou bonjour merci comme tout plus sans leur etre fait c'est j'ai on a me par
        son
    """,
    "German": """
        der das und ist nicht ich sie ihr wir ein eine einen einem mit auf fur von zu
        den dem des im sich auch es aber wenn dass wie nur noch haben habe hat sind sein
        kann wird bitte danke mein ihre uber nach bei die in was am so will man
    """,
    "Spanish": """
        el los las una unos es y que de en por para con su sus mi mis tu usted ustedes
        yo nosotros pero como muy esta este estoy son del al lo se le ha han hay gracias
        hola cuando donde porque todo a no me
    """,
    "Italian": """
        il lo gli una di che non e per con sono siete voi noi io lui lei questo questa
        mio mia vostro suo del della dei delle nel nella alla sul ma anche piu come
        perche quando grazie buongiorno ho ha hanno a i me in no
    """,
    "Portuguese": """
        os um uma uns de que nao em por para com seu sua meu minha voce voces eu ele ela
        nos mas como muito esta este isso sao do da dos das no na ao pelo pela obrigado
        ola quando onde porque tudo a o me
    """,
    "Dutch": """
        het een en van ik je jij u wij zij niet dat dit met voor op aan te zijn heeft
        heb hebben er maar ook als naar om bij nog wel geen mijn uw jullie deze worden
        wordt kunnen dank de in is was we over me die of
    """,
    "Polish": """
        nie jest w z na i ze sie do to jak ale pan pani panstwo ja ty my wy co za po od
        dla czy tak juz tylko przez oraz byc moj moja prosze dziekuje bardzo jestem sa a
        no
    """,
    "Romanian": """
        si nu este in la cu pe un o de din ca sa ce mai am ati eu tu voi noi pentru sunt
        dar daca cum foarte acest aceasta va ma imi multumesc buna ziua care fost fi a
    """,
    "Turkish": """
        bir ve bu da de icin ile cok ne ben sen siz biz o degil var yok ama gibi daha
        kadar olarak olan sonra bana sana size mi mu tesekkur merhaba lutfen on
    """,
    "Swedish": """
        och att det ar jag du inte en ett som pa av for med till har den vi ni om sa kan
        ska vill min din era hej tack mycket eller utan efter nar hur i
    """,
    "Danish": """
        og at det er jeg du ikke en et som pa af for med til har den vi om sa kan skal
        vil min din jeres hej tak meget eller uden efter nar hvordan hvad i
    """,
    "Czech": """
        je to se na ze v s z do pro ale jak tak jsem jste jsou ne by co si po od jako uz
        jen vas nas muj moje prosim dekuji dobry den ktery ktera nebo a i
    """,
    "Hungarian": """
        az es hogy nem egy van volt meg de ha csak mint mar is ez azt ezt en te on ok mi
        ti nagyon kell lehet koszonom kerem jo napot vagyok minden a
    """,
    "Welsh": """
        yn y yr a ac i o ar ei eich ein mae mae'r nid ddim wedi bod chi ni fi gan gyda
        am at oherwydd hyn hwn os pan beth diolch bore annwyl rwy rydw dwi rydym roedd
        bydd wrth
    """,
    "Irish": """
        an na agus is ta nil ar ag le do go mo ni se si sibh muid sin seo leis chun don
        den bhi bhfuil mar ach nuair cad conas raibh maith agat duit orm agam a me
    """,
    "Somali": """
        waa iyo in ka ku u oo ah waxaan waxaa aan ma ay uu la soo kuu fadlan mahadsanid
        waxa laakiin is
    """,
    "Vietnamese": """
        toi ban khong la va cua cho co duoc nay mot nhung trong voi cac nguoi da rat cam
        xin chao do
    """,
    "Tagalog": """
        ang ng mga sa na ay ko mo ako ikaw kayo namin natin hindi po ito yung kung para
        lang siya sila salamat at is
    """,
}

SHARED: dict[str, frozenset[str]] = {
    name: frozenset(words.split()) & ENGLISH for name, words in _LISTS.items()
}
"""Words of the language that are English too: they speak for neither."""

OTHERS: dict[str, frozenset[str]] = {
    name: frozenset(words.split()) - ENGLISH for name, words in _LISTS.items()
}
