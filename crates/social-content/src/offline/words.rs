//! Words that say nothing about a topic.

use std::collections::HashSet;
use std::sync::OnceLock;

/// Articles, pronouns, prepositions and the like, by language.
const STOP: &[&str] = &[
    // English
    "a about after again all also am an and any are as at away back be because been before being \
     both but by came can come could day did do does done down each even every few find first for \
     from get give go going good got great had has have he her here him his how i if in into is it \
     its just know last let like little look made make many may me more most much must my need \
     never new next no not now of off on one only or other our out over own people really right \
     said same say see she since so some soon still such take than thank thanks that the their \
     them then there these they thing things this those three through time to today tomorrow \
     tonight too two under until up us use used very want was way we week welcome well were what \
     when where which while who why will with would year yesterday yet you your \
     three four five six seven eight nine ten eleven twelve hundred thousand monday tuesday wednesday \
     thursday friday saturday sunday",
    // German
    "aber alle alles als also am an auch auf aus bei beim bin bis bist da damit dann das dass dein \
     dem den denn der des die dies diese dieser dieses doch dort du durch ein eine einem einen \
     einer eines er es euch euer für gibt hab habe haben hat hatte heute hier ich ihm ihn ihr ihre \
     im immer in ist ja jeden jetzt kann kein keine können mal man mehr mein mit morgen nach nicht \
     noch nun nur ob oder ohne schon sehr sein seine seit sich sie sind so über um und uns unser \
     unsere vom von vor war was weil wenn wer werden wie wieder wir wird zu zum zur zwei drei vier fünf \
     sechs sieben acht neun zehn elf zwölf montag dienstag mittwoch donnerstag freitag samstag sonntag",
    // Spanish and Portuguese
    "a al ao aos as com como con da das de del desde do dos e el ella em en entre es esta está \
     este esto foi fue ha hasta hay hoje hoy já la las le les lo los más mas me mi mis muito muy na \
     nas no nos nossa nosso nuestra nuestro não o os para pela pelo pero por que se ser si sin \
     sobre son su sua seu sus também también te tem todo todos tu um uma un una uno vos vosotros y \
     ya yo",
    // French and Italian
    "à ai au aux avec c ce ces cette chez dans de des du elle en est et être eux ici il ils je la \
     le les leur lui ma mais mes moi mon ne nos notre nous on ou par pas plus pour qu que qui sa \
     ses son sont sur ta te tes toi tout tous tu un une vos votre vous che chi con da dal dalla \
     degli dei del della di e è gli ha ho i il in io la le lo ma mi nei nel nella non per più \
     quando questa questo se sei si sono su sua suo ti tra tutti un una uno",
    // Dutch
    "aan al alle bij dan dat de deze die dit door een en er haar heb hebben heeft het hier hij hoe \
     ik in is je jullie kan maar me meer met mij mijn na naar niet nog nu of om onder ons onze ook \
     op over te tot uit van veel voor was wat we wel wie wij worden wordt ze zijn zo zonder",
];

/// Whether `word`, in lower case, says nothing about a topic.
pub(crate) fn is_stop(word: &str) -> bool {
    static ALL: OnceLock<HashSet<&str>> = OnceLock::new();
    ALL.get_or_init(|| STOP.iter().flat_map(|words| words.split_whitespace()).collect())
        .contains(word)
}
