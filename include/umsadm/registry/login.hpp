#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/secret_source.hpp"

namespace umsadm {

enum class ProbePath { direct, ssh };

// How to reach a host, as stored in a record or given on a command line. What is absent is decided elsewhere.
struct LoginOptions {
    std::optional<bool> local;  // run on this machine, no SSH
    std::optional<std::string> ssh_host;
    std::optional<std::uint16_t> ssh_port;
    std::optional<std::string> ssh_user;
    std::vector<std::string> ssh_keys;  // paths of private keys
    std::optional<SecretSource> ssh_key_password;
    std::optional<bool> ssh_agent;
    std::optional<SecretSource> ssh_password;
    std::optional<SecretSource> sudo_password;
    std::optional<std::string> jump;       // USER@HOST:PORT, see parse_jump()
    std::optional<bool> ssh_config;        // whether OpenSSH's configuration says what is absent here
    std::vector<std::string> host_keys;    // "SHA256:...", pinned
    std::vector<std::string> known_hosts;  // paths of known_hosts files
    std::optional<ProbePath> probe;

    bool operator==(const LoginOptions&) const = default;
};

// `first` where it says something, else `second`.
LoginOptions overlay(const LoginOptions& first, const LoginOptions& second);

}  // namespace umsadm
