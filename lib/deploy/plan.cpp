#include "umsadm/deploy/plan.hpp"

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

struct SplitPath {
    std::string folder;  // with its final '/'
    std::string name;
};

SplitPath split_path(const std::string& path) {
    const auto slash = path.rfind('/');
    const auto start = slash == std::string::npos ? 0 : slash + 1;
    return {path.substr(0, start), path.substr(start)};
}

std::string health_words(HealthRule rule) {
    switch (rule) {
        case HealthRule::automatic: return ", health \"ok\" or \"warn\" where the gateway has a health page";
        case HealthRule::require: return ", health \"ok\"";
        case HealthRule::off: return "";
    }
    return "";
}

// A digest or fingerprint as far as people compare it.
std::string short_form(const std::string& digest) { return digest.substr(0, 16) + "..."; }

void describe_exchange(const UpdatePlan& plan, std::vector<std::string>& lines) {
    const RunFacts& facts = plan.facts;
    const auto [folder, live] = split_path(facts.live_path);
    lines.push_back(fmt::format("in {}:", in_quotes(folder)));
    lines.push_back(fmt::format("back up {} as {}", live, split_path(facts.backup_path).name));
    lines.push_back(fmt::format("upload the new keystore ({} bytes, SHA-256 {}), owner and mode as before",
                                plan.new_keystore.size(), short_form(facts.new_digest)));
    lines.push_back(
        fmt::format("rename it to {}, if that is still the file with SHA-256 {}", live, short_form(facts.old_digest)));
}

}  // namespace

std::string staged_path(const std::string& live_path, const std::string& run) {
    const auto [folder, name] = split_path(live_path);
    return fmt::format("{}.{}.umsadm-{}.new", folder, name, run);
}

std::string backup_path(const std::string& live_path, UtcTime started, const std::string& run) {
    return fmt::format("{}.umsadm-{}-{}.bak", live_path, format_utc_compact(started), run);
}

std::string default_restart_command(bool has_systemd_service) {
    return has_systemd_service ? "systemctl restart icg-server.service" : "/etc/init.d/tomcat restart";
}

std::string restart_command_of(const Gateway& gateway, bool has_systemd_service) {
    return gateway.restart_command.empty() ? default_restart_command(has_systemd_service) : gateway.restart_command;
}

std::vector<std::string> describe_plan(const UpdatePlan& plan) {
    const RunFacts& facts = plan.facts;
    std::vector<std::string> lines;
    if (facts.action != RunAction::restart) describe_exchange(plan, lines);
    if (facts.restart) lines.push_back(fmt::format("restart the gateway: {}", printable(plan.restart_command)));
    if (!facts.restart || !facts.verify) return lines;
    lines.push_back(fmt::format("verify within {} s that {} serves {} ({} certificates){}", plan.wait.count(),
                                printable(plan.endpoint.to_string()), facts.new_leaf.to_string().substr(0, 23) + "...",
                                plan.new_chain.size(), health_words(plan.health)));
    if (facts.action == RunAction::restart) return lines;
    lines.emplace_back(
        "if anything fails from the rename on: put the backup back, restart, verify the old certificate");
    lines.push_back(fmt::format("keep the newest {} backups", plan.keep_backups));
    return lines;
}

}  // namespace umsadm
