#include <catch2/catch.hpp>

#include "apps/umsadm/offer.hpp"

using namespace umsadm::app;

namespace {

std::vector<OfferKind> kinds_of(std::string_view name) { return offers_for(name).kinds; }

std::vector<std::string> words_of(std::string_view name) {
    std::vector<std::string> words;
    for (const OfferedWord& word : offers_for(name).words) words.push_back(word.word);
    return words;
}

}  // namespace

TEST_CASE("the name of a value says what it is", "[apps][offer]") {
    CHECK(kinds_of("FILE") == std::vector<OfferKind>{OfferKind::file});
    CHECK(kinds_of("SRC") == std::vector<OfferKind>{OfferKind::password_source});
    CHECK(kinds_of("G") == kinds_of("GATEWAY"));
    CHECK(kinds_of("DAYS") == std::vector<OfferKind>{OfferKind::nothing});
    CHECK(words_of("FILE").empty());
}

TEST_CASE("a value may be one of several things", "[apps][offer]") {
    CHECK(kinds_of("C|FILE") == std::vector<OfferKind>{OfferKind::certificate, OfferKind::file});
    CHECK(kinds_of("FILE|URI") == std::vector<OfferKind>{OfferKind::file, OfferKind::nothing});
}

TEST_CASE("lower-case parts are the words themselves", "[apps][offer]") {
    CHECK(words_of("auto|require|off") == std::vector<std::string>{"auto", "require", "off"});
    CHECK(words_of("jks|pkcs12") == std::vector<std::string>{"jks", "pkcs12"});
    CHECK(kinds_of("umsadmin-cli|file").empty());
    CHECK(words_of("KIND").front() == "rsa:2048");
}

TEST_CASE("what the vocabulary lacks is unknown", "[apps][offer]") {
    CHECK(kinds_of("NAME") == std::vector<OfferKind>{OfferKind::unknown});  // a new one, or one that is there?
    CHECK(kinds_of("WHATEVER") == std::vector<OfferKind>{OfferKind::unknown});
    CHECK(kinds_of("FILE|WHATEVER") == std::vector<OfferKind>{OfferKind::file, OfferKind::unknown});
    CHECK(kinds_of("") == std::vector<OfferKind>{OfferKind::unknown});
}
