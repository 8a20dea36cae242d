#include "gateway_choice.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm::app {
namespace {

void check_choice(const GatewayChoice& choice) {
    const int ways = (choice.names.empty() ? 0 : 1) + (choice.all ? 1 : 0) + (choice.labels.empty() ? 0 : 1);
    if (ways == 1) return;
    throw Error(Code::usage,
                ways == 0 ? "name the gateways, or give --all or --label" : "name gateways, or give --all, or --label",
                "see all with \"umsadm gateway list\"");
}

bool has_labels(const Gateway& gateway, const Labels& labels) {
    return std::all_of(labels.begin(), labels.end(), [&](const auto& label) {
        const auto found = gateway.labels.find(label.first);
        return found != gateway.labels.end() && found->second == label.second;
    });
}

std::string in_words(const Labels& labels) {
    std::string words;
    for (const auto& [key, value] : labels) {
        words += (words.empty() ? "" : " and ") + in_quotes(fmt::format("{}={}", key, value));
    }
    return words;
}

std::vector<Gateway> gateways_named(const Site& site, const std::vector<std::string>& names) {
    std::vector<Gateway> gateways;
    for (const std::string& name : names) {
        const bool again =
            std::any_of(gateways.begin(), gateways.end(), [&](const Gateway& gateway) { return gateway.name == name; });
        if (!again) gateways.push_back(load_gateway(site, name));
    }
    return gateways;
}

}  // namespace

void add_gateway_choice(Command& command, GatewayChoice& choice) {
    command.flag("--all", "all gateways of the site", choice.all)
        .option("--label", "KEY=VALUE", "all gateways with this label; several: with each of them",
                into(choice.labels));
}

std::vector<Gateway> chosen_gateways(const Site& site, const GatewayChoice& choice) {
    check_choice(choice);
    if (!choice.names.empty()) return gateways_named(site, choice.names);
    std::vector<Gateway> gateways = load_gateways(site);
    if (gateways.empty()) {
        throw Error(Code::not_found, "the site has no gateway", "add one with \"umsadm gateway add\"");
    }
    std::erase_if(gateways, [&](const Gateway& gateway) { return !has_labels(gateway, choice.labels); });
    if (gateways.empty()) {
        throw Error(Code::not_found, fmt::format("no gateway has the label {}", in_words(choice.labels)),
                    "\"umsadm gateway edit NAME --label KEY=VALUE\" gives it one");
    }
    return gateways;
}

}  // namespace umsadm::app
