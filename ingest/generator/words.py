"""The words of the demo: genres, and the vocabulary for film titles and reviews. Data only."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GENRES = (
    "Drama",
    "Comedy",
    "Action",
    "Thriller",
    "Romance",
    "Science Fiction",
    "Horror",
    "Animation",
    "Documentary",
    "Fantasy",
)
GENRE_WEIGHTS = (20, 17, 14, 12, 9, 8, 7, 5, 4, 4)
TYPICAL_MINUTES = (116, 101, 113, 109, 106, 118, 96, 92, 89, 121)

ADJECTIVES = _words(
    """
    Crimson Silent Broken Golden Hidden Last Lost Burning Distant Empty Endless Fallen Forgotten Frozen Gentle
    Hollow Impossible Invisible Little Lonely Long Midnight Northern Ordinary Pale Patient Perfect Quiet Reckless
    Restless Second Secret Shattered Sleepless Southern Stolen Strange Sudden Tender Unfinished Velvet Wandering
    Wild Wounded Borrowed Electric Paper Glass Honest Bitter
    """
)

NOUNS = {
    "Drama": _words(
        "Harbour Inheritance Letter Orchard Promise River Season Silence Sister Winter Bridge Daughter House"
    ),
    "Comedy": _words(
        "Wedding Neighbour Reunion Vacation Roommate Mix-Up Landlord Proposal Disaster Dinner Intern Alibi"
    ),
    "Action": _words("Vengeance Pursuit Convoy Strike Protocol Bullet Fugitive Warpath Siege Getaway Cartel Raid"),
    "Thriller": _words("Witness Alibi Verdict Informant Conspiracy Suspect Cipher Hostage Deception Confession Ransom"),
    "Romance": _words("Kiss Summer Valentine Waltz Serenade Sunset Vow Rendezvous Embrace Postcard Vineyard Encore"),
    "Science Fiction": _words(
        "Orbit Signal Colony Singularity Paradox Horizon Android Nebula Exodus Eclipse Gravity Frontier"
    ),
    "Horror": _words("Cellar Haunting Asylum Curse Ritual Scarecrow Shadow Possession Graveyard Whisper Mirror Swarm"),
    "Animation": _words(
        "Kingdom Penguin Balloon Lantern Dragon Robot Puppet Treehouse Firefly Acorn Snowflake Carousel"
    ),
    "Documentary": _words("Archive Glacier Reef Factory Election Orchestra Harvest Recipe Summit Blueprint Coastline"),
    "Fantasy": _words(
        "Throne Sorcerer Prophecy Realm Amulet Unicorn Oracle Labyrinth Phoenix Crown Enchantress Griffin"
    ),
}

IDEAS = _words(
    """
    Glass Thunder Ashes Mercy Salt Memory Dust Silver Stone Shadows Rain Smoke Fire Snow Light Hope Sorrow Iron
    Wolves Ravens Strangers Tomorrow Yesterday Regret Honey Kings Thieves Sparrows
    """
)

PLACES = _words(
    """
    Lisbon Havana Marseille Kyoto Hamburg Reykjavik Tangier Naples Odessa Prague Valparaiso Savannah Galway
    Shanghai Cairo Bombay Seville Vienna Montreal Saigon Trieste Brooklyn Calcutta Oslo
    """
)

GERUNDS = _words(
    """
    Chasing Saving Finding Leaving Losing Becoming Remembering Raising Meeting Forgiving Burying Stealing
    """
)

TITLE_PATTERNS = (
    "The {adjective} {noun}",
    "The {adjective} {noun}",
    "{adjective} {noun}",
    "The {noun} of {place}",
    "The {noun} of {idea}",
    "{gerund} {first_name}",
    "{first_name}'s {noun}",
    "{idea} and {idea_too}",
    "A {noun} in {place}",
    "{gerund} the {noun}",
    "{adjective} {idea}",
    "No {noun} for {first_name}",
    "Beyond the {noun}",
    "Before the {noun}",
    "{noun}",
    "{idea} over {place}",
)

REVIEW_OPENINGS = {
    "loved": (
        "Loved every minute.",
        "One of the best I have seen this year.",
        "I was not ready for that ending.",
        "Go in knowing nothing.",
        "Instant favourite.",
        "Better than everyone told me.",
    ),
    "liked": (
        "A solid evening's watch.",
        "Better than it looks from the poster.",
        "Not perfect, but it stays with you.",
        "Pleasantly surprised.",
        "Worth it for the cast alone.",
    ),
    "shrugged": (
        "It is fine.",
        "Watchable, then forgotten.",
        "Good idea, half a film.",
        "I kept checking the time.",
        "Had its moments.",
    ),
    "hated": (
        "Could not finish it.",
        "Two hours I want back.",
        "What was that?",
        "A waste of a good cast.",
        "Turned it off half-way.",
    ),
}

REVIEW_REMARKS = {
    "loved": "{part} is stunning and {part_too} is even better.|{person} should win everything for this.|"
    "I would watch it again tomorrow, just for {part}.|{part} alone is worth the subscription.",
    "liked": "{part} carries it, though {part_too} drags a little.|{person} is great in it.|"
    "{part} works better than {part_too}.|Would recommend it for a quiet night.",
    "shrugged": "{part} is decent, {part_too} is not.|{person} looks as bored as I was.|"
    "Somebody should have cut {part} by half.|You have seen {part} before, done better.",
    "hated": "{part} makes no sense and {part_too} is worse.|Not even {person} can save it.|"
    "Whoever is to blame for {part} should apologise.|{part} felt endless.",
}

REVIEW_PARTS = (
    "the script",
    "the music",
    "the camera work",
    "the final act",
    "the lead",
    "the dialogue",
    "the pacing",
    "the opening scene",
    "the humour",
    "the chemistry between the two",
    "the twist",
    "the world they built",
)
