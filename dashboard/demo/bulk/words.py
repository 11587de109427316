"""Words from which the benchmark's campaigns are put together."""

KINDS = ("Herbst", "Winter", "Frühling", "Sommer", "Treue", "Filial", "Messe", "Reise", "Wander", "Küchen")
THINGS = ("wochen", "aktion", "start", "nacht", "tage", "pakete", "vorteile", "auftakt", "finale", "probe")
PLACES = (
    "Daunenjacke",
    "Allwetterjacke",
    "Rucksack",
    "Zelt",
    "Stirnlampe",
    "Bettdecke",
    "Kissen",
    "Wanderschuh",
)
CLAIMS = {
    "de": "{thing}: draußen zuhause für {{{{price}}}}.",
    "en": "{thing}: at home outdoors for {{{{price}}}}.",
}
BODIES = {
    "de": "Jetzt für {{{{price}}}} statt zum alten Preis. {thing}, sechzig Tage zum Ausprobieren, "
    "Rückgabe in jeder Filiale. Nur solange der Vorrat reicht.",
    "en": "Now {{{{price}}}} instead of the usual price. {thing}, sixty days to try it, returns in every "
    "store. Only while stocks last.",
}
PROMISE = "{thing} für {{{{price}}}}, mit der jedes Wetter ein guter Grund ist, rauszugehen."
PROOF = "Im Schnitt mit 4,7 Sternen bewertet."
CALL = "Sechzig Tage tragen, dann entscheiden."
TONE = "nah, ruhig"
SAY = {
    "de": "„Sie können das Stück sechzig Tage tragen. Wenn es nicht passt, nehmen wir es zurück.“",
    "en": "“You can wear it for sixty days. If it isn't right, we'll take it back.”",
}
UNDERSTOOD = {"de": "Preis, Dauer und Rückgabe sind klar.", "en": "Price, period and returns are clear."}
