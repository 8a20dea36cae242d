#include "lib/deploy/verify.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_first_pause{250};
constexpr milliseconds k_longest_pause{1000};
constexpr milliseconds k_longest_look{5000};

bool is_healthy(Health health, HealthRule rule, bool page_required) {
    switch (health) {
        case Health::ok: return true;
        case Health::warn: return rule != HealthRule::require;
        case Health::absent:
        case Health::unknown: return rule == HealthRule::automatic && !page_required;
        case Health::init:
        case Health::err: return false;
    }
    return false;
}

std::optional<std::string> compare(const Change& change, const Expected& expected, const Probed& seen) {
    if (seen.chain.empty()) return fmt::format("it serves nothing ({})", seen.nothing_reason);
    std::vector<Fingerprint> chain;
    for (const Certificate& certificate : seen.chain) chain.push_back(certificate.fingerprint());
    const Fingerprint& leaf = chain.front();
    if (expected.chain.empty()) {
        const auto& leaves = expected.leaves;
        if (std::find(leaves.begin(), leaves.end(), leaf) == leaves.end()) {
            return fmt::format("it serves {}", leaf.to_string());
        }
    } else if (chain != expected.chain) {
        if (leaf != expected.chain.front()) return fmt::format("it serves {}", leaf.to_string());
        return std::string("it serves the right certificate with another chain");
    }
    if (expected.healthy && !is_healthy(seen.health, change.plan.health, change.facts().health_required)) {
        return fmt::format("its health page says {}", in_quotes(health_name(seen.health)));
    }
    return std::nullopt;
}

// A probe may go through the host. When it fails because that connection is lost, nothing would ever be seen over it.
void look_after_host(Change& change) {
    try {
        change.link.on_host([](RemoteHost& host) { return host.run({.script = ":"}); });
    } catch (const Error& error) {
        if (error.code() == Code::interrupted) throw;
        // A gateway that is reached directly can still be seen.
    }
}

std::optional<std::string> look_once(Change& change, const Expected& expected, const Deadline& deadline) {
    try {
        return compare(change, expected, change.context.probe({change.plan.endpoint, expected.healthy, deadline}));
    } catch (const Error& error) {
        if (error.code() == Code::interrupted && change.link.is_listening()) throw;
        look_after_host(change);
        return error.message();
    }
}

}  // namespace

Expected new_state(const Change& change) {
    return {{change.facts().new_leaf}, change.plan.new_chain, change.plan.health != HealthRule::off};
}

// Where another certificate was served than stored, the restart brings the stored one: both are the old state.
Expected old_state(const Change& change) {
    Expected expected;
    for (const auto& leaf : {change.facts().served_before, change.facts().old_leaf}) {
        if (leaf) expected.leaves.push_back(*leaf);
    }
    return expected;
}

std::optional<std::string> wait_until_served(Change& change, const Expected& expected, std::chrono::seconds wait) {
    const Deadline end = change.link.deadline(wait);
    auto problem = look_once(change, expected, change.link.deadline(k_longest_look));
    for (milliseconds pause = k_first_pause; problem && !end.passed();
         pause = std::min(pause * 3 / 2, k_longest_pause)) {
        sleep_for(pause, end);
        auto now = look_once(change, expected, end.at_most(k_longest_look));
        // A look that the end cut short knows less than the one before.
        if (!now || !end.passed()) problem = std::move(now);
    }
    return problem;
}

}  // namespace umsadm
