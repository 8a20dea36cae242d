#include <catch2/catch.hpp>

#include "apps/umsadm/suggestion.hpp"

using namespace umsadm::app;

namespace {

const std::vector<std::string> k_words{"build", "candidates", "history", "rollback", "show", "update", "verify"};

}  // namespace

TEST_CASE("nearest finds the word behind a slip of the fingers", "[apps][suggestion]") {
    CHECK(nearest("updaet", k_words) == "update");     // two letters swapped
    CHECK(nearest("udate", k_words) == "update");      // one missing
    CHECK(nearest("showw", k_words) == "show");        // one too many
    CHECK(nearest("verifi", k_words) == "verify");     // one exchanged
    CHECK(nearest("rolbakc", k_words) == "rollback");  // one missing, two swapped
}

TEST_CASE("nearest prefers the candidate with fewer slips", "[apps][suggestion]") {
    CHECK(nearest("gateways", {"gatekeep", "gateway"}) == "gateway");
    CHECK(nearest("--host", {"--hosts", "--host"}) == "--host");
}

TEST_CASE("nearest takes the start of exactly one word", "[apps][suggestion]") {
    CHECK(nearest("cand", k_words) == "candidates");
    CHECK(nearest("cert", {"cert-create", "cert-delete"}).empty());
}

TEST_CASE("nearest does not guess", "[apps][suggestion]") {
    CHECK(nearest("", k_words).empty());
    CHECK(nearest("xyz", k_words).empty());
    CHECK(nearest("update", {}).empty());
    CHECK(nearest("ab", {"cd"}).empty());
    CHECK(nearest(std::string(100'000, 'u'), k_words).empty());  // and takes no time for it
}
