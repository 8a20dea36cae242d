#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "umsadm/base/error.hpp"

#include "apps/umsadm/commands/commands.hpp"
#include "apps/umsadm/global_options.hpp"

using namespace umsadm;
using namespace umsadm::app;

namespace {

// A value somewhere in the tree of commands.
struct Value {
    std::string where;  // "cert create --key KIND"
    Offers offers;
    ValueReader reader;
};

void collect(const Command& command, std::vector<Value>& values) {
    for (const OptionInfo& option : command.options()) {
        if (option.is_flag()) continue;
        values.push_back({fmt::format("{} {} {}", command.full_name(), option.name(), option.value), option.offers(),
                          option.reader});
    }
    for (const ArgumentInfo& argument : command.arguments()) {
        values.push_back(
            {fmt::format("{} {}", command.full_name(), argument.name), argument.offers(), argument.reader});
    }
    for (const Command& below : command.commands()) collect(below, values);
}

struct Program {
    GlobalOptions globals;
    Command root{nullptr, "umsadm", ""};
    std::vector<Value> values;

    Program() {
        add_global_options(root, globals);
        add_all_commands(root);
        collect(root, values);
    }
};

}  // namespace

TEST_CASE("of every value in the tree somebody said what TAB offers", "[command_tree]") {
    const Program program;
    CHECK(program.values.size() > 150);
    for (const Value& value : program.values) {
        INFO("the value of \"" << value.where
                               << "\": give it a name of the vocabulary in offer.cpp, or say offering()");
        for (const OfferKind kind : value.offers.kinds) CHECK(kind != OfferKind::unknown);
        CHECK_FALSE((value.offers.kinds.empty() && value.offers.words.empty()));
    }
}

TEST_CASE("every fixed word that TAB offers is taken", "[command_tree]") {
    const Program program;
    std::size_t count = 0;
    for (const Value& value : program.values) {
        for (const OfferedWord& offered : value.offers.words) {
            INFO(value.where << " with " << offered.word);
            CHECK_NOTHROW(value.reader.read(offered.word));
            ++count;
        }
    }
    CHECK(count > 40);
}
