#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "umsadm/base/deadline.hpp"

namespace umsadm {

// What the configuration of OpenSSH (ssh_config(5)) says about a host: only what is not OpenSSH's own default.
// "~" and %-tokens stand in the paths of keys as they were written.
struct OpenSshConfig {
    std::optional<std::string> host_name;  // where it is, when that is not the name that was asked for
    std::optional<std::uint16_t> port;
    std::optional<std::string> user;
    std::vector<std::string> identity_files;
    std::optional<bool> identities_only;
    std::optional<std::string> identity_agent;
    std::vector<std::string> user_known_hosts;
    std::vector<std::string> global_known_hosts;
    std::optional<std::string> host_key_alias;
    std::optional<std::string> proxy_jump;
    std::optional<std::string> proxy_command;
    std::vector<std::string> certificates;

    bool operator==(const OpenSshConfig&) const = default;
};

struct OpenSshQuestion {
    std::string program;                   // the path of ssh(1)
    std::string host;                      // not empty, no leading "-"
    std::optional<std::string> user;       // as given already: "Match user" may ask for it
    std::optional<std::uint16_t> port;     // the same
    std::vector<std::string> environment;  // "NAME=value": all that the program gets
    std::optional<std::string> file;       // instead of the usual files; "none" for no file at all
};

// What "ssh -G" prints: the configuration for a host, defaults included. No shell is involved; the program and what it
// starts ("Match exec") are ended when the time is up. Throws Code::usage for a host that is none, Code::failed with
// the words of the program, Code::interrupted.
std::string ask_open_ssh(const OpenSshQuestion& question, const Deadline& deadline);

// What `configured` says and `defaults` does not; both as ask_open_ssh() returns them. `host` is the one asked for.
OpenSshConfig read_open_ssh_config(std::string_view configured, std::string_view defaults, std::string_view host);

}  // namespace umsadm
