#include "umsadm/registry/login.hpp"

namespace umsadm {
namespace {

template <typename T>
std::optional<T> first_of(const std::optional<T>& first, const std::optional<T>& second) {
    return first ? first : second;
}

std::vector<std::string> first_of(const std::vector<std::string>& first, const std::vector<std::string>& second) {
    return first.empty() ? second : first;
}

}  // namespace

LoginOptions overlay(const LoginOptions& first, const LoginOptions& second) {
    LoginOptions result;
    result.local = first_of(first.local, second.local);
    result.ssh_host = first_of(first.ssh_host, second.ssh_host);
    result.ssh_port = first_of(first.ssh_port, second.ssh_port);
    result.ssh_user = first_of(first.ssh_user, second.ssh_user);
    result.ssh_keys = first_of(first.ssh_keys, second.ssh_keys);
    result.ssh_key_password = first_of(first.ssh_key_password, second.ssh_key_password);
    result.ssh_agent = first_of(first.ssh_agent, second.ssh_agent);
    result.ssh_password = first_of(first.ssh_password, second.ssh_password);
    result.sudo_password = first_of(first.sudo_password, second.sudo_password);
    result.jump = first_of(first.jump, second.jump);
    result.ssh_config = first_of(first.ssh_config, second.ssh_config);
    result.host_keys = first_of(first.host_keys, second.host_keys);
    result.known_hosts = first_of(first.known_hosts, second.known_hosts);
    result.probe = first_of(first.probe, second.probe);
    return result;
}

}  // namespace umsadm
