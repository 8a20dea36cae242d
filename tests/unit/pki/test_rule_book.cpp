#include <algorithm>

#include <catch2/catch.hpp>

#include "umsadm/pki/rule_book.hpp"

using namespace umsadm;

namespace {

bool is_code(std::string_view text) {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

bool is_sentence(std::string_view text) {
    return text.size() > 4 && text.back() == '.' && text.find("  ") == std::string_view::npos;
}

}  // namespace

TEST_CASE("rule_book has each code once, in order, with all its texts", "[pki]") {
    const auto& rules = rule_book();
    REQUIRE(rules.size() > 80);
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const Rule& rule = rules[i];
        CAPTURE(rule.code);
        CHECK(is_code(rule.code));
        CHECK((i == 0 || rules[i - 1].code < rule.code));
        for (const std::string_view text : {rule.rule, rule.cause, rule.consequence, rule.remedy}) {
            CAPTURE(text);
            CHECK(is_sentence(text));
        }
        CHECK_FALSE(rule.source.empty());
        CHECK(rule.source.back() != '.');
    }
}

TEST_CASE("rules that are broken by gateways and by servers speak of both", "[pki]") {
    const auto speaks_of = [](std::string_view text, std::string_view words) {
        return text.find(words) != std::string_view::npos;
    };
    for (const std::string_view code : {"expired", "expires-soon", "unfinished-run"}) {
        CAPTURE(code);
        const Rule& rule = *find_rule(code);
        CHECK(speaks_of(rule.consequence, "gateway"));
        CHECK(speaks_of(rule.consequence, "UMS"));
        CHECK(speaks_of(rule.remedy, "umsadm keystore update"));
        CHECK(speaks_of(rule.remedy, "umsadm id sync"));
    }
    for (const std::string_view code : {"files-missing", "locked", "no-restart-command", "no-space", "not-yet-valid"}) {
        CAPTURE(code);
        const Rule& rule = *find_rule(code);
        CHECK((speaks_of(rule.consequence, "server") || speaks_of(rule.consequence, "UMS ID") ||
               speaks_of(rule.consequence, "sync") || speaks_of(rule.remedy, "server")));
    }
    CHECK(speaks_of(find_rule("unreachable")->remedy, "umsadm server show"));
    CHECK(speaks_of(find_rule("no-main-ums-id")->rule, "servers"));
    CHECK(speaks_of(find_rule("not-registered")->rule, "Main UMS ID"));
}

TEST_CASE("find_rule finds exactly the codes of the book", "[pki]") {
    for (const Rule& rule : rule_book()) CHECK(find_rule(rule.code) == &rule);
    for (const std::string_view code : {"", "host", "host-missing-", "zzz", "HOST-MISSING"}) {
        CHECK(find_rule(code) == nullptr);
    }
    REQUIRE(find_rule("host-missing") != nullptr);
    CHECK(find_rule("host-missing")->severity == Severity::error);
}
