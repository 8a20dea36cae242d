#include "context.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "umsadm/base/error.hpp"

#include "ticket.hpp"

namespace umsadm::app {
namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

Path home_folder() {
    if (const std::string home = variable("HOME"); home.starts_with('/')) return home;
    const passwd* const entry = ::getpwuid(::getuid());
    if (entry == nullptr || entry->pw_dir == nullptr) {
        throw Error(Code::usage, "there is no home folder to look for a site in", "name the site with --site DIR");
    }
    return entry->pw_dir;
}

}  // namespace

Path find_site_path(const std::string& option) {
    if (!option.empty()) return option;
    if (const std::string site = variable("UMSADM_SITE"); !site.empty()) return site;
    if (::geteuid() == 0) return "/etc/umsadm";
    // The specification of XDG has relative paths ignored.
    if (const std::string config = variable("XDG_CONFIG_HOME"); config.starts_with('/')) return Path(config) / "umsadm";
    return home_folder() / ".config" / "umsadm";
}

std::string find_ticket(const std::string& option) {
    if (!option.empty()) return option;
    const std::string ticket = variable("UMSADM_TICKET");
    if (ticket.empty()) return {};
    return with_context("reading the variable UMSADM_TICKET", [&] { return parse_ticket(ticket); });
}

std::string find_user() {
    std::string login;
    if (::geteuid() == 0) login = variable("SUDO_USER");
    if (login.empty()) {
        const passwd* const entry = ::getpwuid(::geteuid());
        login = entry != nullptr ? std::string(entry->pw_name) : fmt::format("uid {}", ::geteuid());
    }
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0) return login;
    return fmt::format("{}@{}", login, host.data());
}

UtcTime wall_clock() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

}  // namespace umsadm::app
