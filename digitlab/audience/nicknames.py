"""The words of generated nicknames, by language: each adjective goes with each animal of the language.

In German, Spanish and Italian all animals are masculine, and so are the adjectives. No name is longer than one that is
chosen, and none is rude, a joke about people, or refused (`names.clean`).
"""

from __future__ import annotations

ADJECTIVES = {
    "en": (
        "Agile", "Bold", "Brave", "Bright", "Calm", "Clever", "Curious", "Daring", "Eager", "Fair", "Fancy", "Fast",
        "Gentle", "Golden", "Happy", "Honest", "Jolly", "Keen", "Kind", "Lively", "Lucky", "Merry", "Mighty", "Neat",
        "Nimble", "Noble", "Proud", "Quick", "Quiet", "Sharp", "Silver", "Smart", "Snappy", "Sunny", "Swift", "Tidy",
        "Vivid", "Warm", "Wise", "Witty",
    ),
    "de": (
        "Agiler", "Edler", "Ehrlicher", "Eifriger", "Emsiger", "Fairer", "Flinker", "Flotter", "Froher", "Goldener",
        "Gütiger", "Heiterer", "Heller", "Höflicher", "Kluger", "Kühner", "Lebhafter", "Lieber", "Lustiger",
        "Munterer", "Mutiger", "Netter", "Pfiffiger", "Quirliger", "Rascher", "Ruhiger", "Sanfter", "Schlauer",
        "Schneller", "Silberner", "Patenter", "Starker", "Stiller", "Stolzer", "Tapferer", "Treuer", "Wacher",
        "Weiser", "Wendiger", "Witziger",
    ),
    "es": (
        "ágil", "alegre", "amable", "astuto", "atento", "audaz", "bravo", "brillante", "cordial", "cortés", "curioso",
        "despierto", "diestro", "divertido", "dorado", "feliz", "fiel", "fuerte", "genial", "gentil", "honesto",
        "ingenioso", "jovial", "justo", "leal", "listo", "vivaz", "paciente", "plateado", "prudente", "rápido",
        "risueño", "sabio", "sagaz", "sereno", "simpático", "tenaz", "tranquilo", "valiente", "veloz",
    ),
    "it": (
        "abile", "agile", "allegro", "amabile", "ardito", "arguto", "astuto", "attento", "audace", "brillante",
        "calmo", "cordiale", "cortese", "curioso", "deciso", "dorato", "fedele", "felice", "fiero", "forte", "geniale",
        "gentile", "giocoso", "giusto", "leale", "ottimista", "paziente", "preciso", "prudente", "radioso", "rapido",
        "saggio", "sereno", "sincero", "solare", "svelto", "tenace", "veloce", "vispo", "vivace",
    ),
}  # fmt: skip
ANIMALS = {
    "en": (
        "Badger", "Bear", "Beaver", "Bison", "Camel", "Cat", "Crane", "Deer", "Dingo", "Dolphin", "Eagle", "Falcon",
        "Ferret", "Finch", "Fox", "Gecko", "Goose", "Hamster", "Hare", "Hawk", "Heron", "Ibex", "Koala", "Lemur",
        "Lion", "Lizard", "Llama", "Lynx", "Marten", "Mole", "Moose", "Newt", "Otter", "Owl", "Panda", "Penguin",
        "Puffin", "Rabbit", "Raven", "Robin", "Seal", "Shark", "Sparrow", "Squirrel", "Stork", "Swan", "Tiger", "Toad",
        "Turtle", "Walrus", "Weasel", "Whale", "Wolf", "Wombat", "Yak", "Zebra",
    ),
    "de": (
        "Adler", "Bär", "Biber", "Bussard", "Dachs", "Delfin", "Dingo", "Elch", "Elefant", "Emu", "Falke", "Falter",
        "Fasan", "Fink", "Flamingo", "Fuchs", "Gecko", "Gepard", "Habicht", "Hai", "Hamster", "Hase", "Hecht",
        "Hirsch", "Igel", "Jaguar", "Kiebitz", "Koala", "Kolibri", "Kondor", "Kranich", "Lachs", "Leguan", "Leopard",
        "Löwe", "Luchs", "Marder", "Maulwurf", "Molch", "Otter", "Panda", "Panther", "Pelikan", "Pfau", "Pinguin",
        "Puma", "Rabe", "Reiher", "Seehund", "Specht", "Sperling", "Storch", "Tiger", "Tukan", "Uhu", "Wolf",
    ),
    "es": (
        "Albatros", "Alce", "Armadillo", "Bisonte", "Búho", "Camaleón", "Canario", "Castor", "Ciervo", "Cisne",
        "Colibrí", "Cóndor", "Cuervo", "Delfín", "Dingo", "Elefante", "Erizo", "Faisán", "Flamenco", "Gato",
        "Gavilán", "Gorrión", "Guepardo", "Halcón", "Hámster", "Hurón", "Jaguar", "Jilguero", "Koala", "Lémur", "León",
        "Leopardo", "Lince", "Lirón", "Lobo", "Manatí", "Mapache", "Mirlo", "Narval", "Oso", "Panda", "Pelícano",
        "Petirrojo", "Pingüino", "Puma", "Quetzal", "Reno", "Ruiseñor", "Salmón", "Tapir", "Tejón", "Tigre", "Tucán",
        "Vencejo", "Visón", "Zorro",
    ),
    "it": (
        "Airone", "Albatro", "Armadillo", "Bisonte", "Bradipo", "Canarino", "Capriolo", "Castoro", "Cavallo",
        "Cerbiatto", "Cervo", "Cigno", "Colibrì", "Condor", "Criceto", "Daino", "Delfino", "Elefante", "Ermellino",
        "Fagiano", "Falco", "Fringuello", "Furetto", "Gabbiano", "Gatto", "Geco", "Ghepardo", "Ghiro", "Giaguaro",
        "Gufo", "Istrice", "Koala", "Lemure", "Leone", "Leopardo", "Lupo", "Narvalo", "Orso", "Panda", "Pavone",
        "Pellicano", "Pettirosso", "Picchio", "Pinguino", "Procione", "Puma", "Riccio", "Salmone", "Scoiattolo",
        "Stambecco", "Suricato", "Tasso", "Tricheco", "Tucano", "Usignolo", "Visone",
    ),
}  # fmt: skip
ADJECTIVE_FIRST = ("en", "de")
