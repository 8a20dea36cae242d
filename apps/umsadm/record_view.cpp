#include "record_view.hpp"

#include <fmt/format.h>

#include "login.hpp"

namespace umsadm::app {
namespace {

std::string_view probe_name(ProbePath path) noexcept { return path == ProbePath::direct ? "direct" : "ssh"; }

}  // namespace

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json or_null(const std::optional<SecretSource>& source) { return source ? Json(source->to_string()) : Json(nullptr); }

std::string or_default(const std::string& text, std::string_view usual) {
    return text.empty() ? fmt::format("({})", usual) : text;
}

Json login_json(const LoginOptions& login) {
    return {{"local", is_local(login)},
            {"ssh_host", or_null(login.ssh_host)},
            {"ssh_port", or_null(login.ssh_port)},
            {"ssh_user", or_null(login.ssh_user)},
            {"ssh_keys", login.ssh_keys},
            {"ssh_key_password", or_null(login.ssh_key_password)},
            {"ssh_agent", or_null(login.ssh_agent)},
            {"ssh_password", or_null(login.ssh_password)},
            {"sudo_password", or_null(login.sudo_password)},
            {"jump", or_null(login.jump)},
            {"ssh_config", login.ssh_config.value_or(true)},
            {"host_keys", login.host_keys},
            {"known_hosts", login.known_hosts},
            {"probe", probe_name(login.probe.value_or(ProbePath::direct))}};
}

std::vector<Detail> login_details(const std::string& host, const LoginOptions& login) {
    std::vector<Detail> details{{"Login", describe_login(host, login)}};
    const auto add = [&details](const char* label, const std::string& text) {
        if (!text.empty()) details.push_back({label, text});
    };
    for (const std::string& key : login.ssh_keys) add("SSH key", key);
    if (login.ssh_key_password) add("SSH key password", login.ssh_key_password->to_string());
    if (login.ssh_agent) add("SSH agent", *login.ssh_agent ? "yes" : "no");
    if (login.ssh_password) add("SSH password", login.ssh_password->to_string());
    if (login.sudo_password) add("Sudo password", login.sudo_password->to_string());
    add("Jump host", login.jump.value_or(""));
    if (!login.ssh_config.value_or(true)) add("OpenSSH config", "left alone");
    for (const std::string& key : login.host_keys) add("Host key", key);
    if (login.host_keys.empty() && !is_local(login)) {
        details.push_back({"Host key", {"(none trusted here: known_hosts counts)", Style::warning}});
    }
    for (const std::string& file : login.known_hosts) add("known_hosts", file);
    add("Probe", std::string(probe_name(login.probe.value_or(ProbePath::direct))));
    return details;
}

}  // namespace umsadm::app
