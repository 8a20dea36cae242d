#include "umsadm/base/host_name.hpp"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

bool is_label(std::string_view label) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    return std::all_of(label.begin(), label.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

bool is_dns_name(std::string_view name) {
    if (name.empty() || name.size() > 253) return false;
    if (name.starts_with("*.")) name.remove_prefix(2);
    const auto labels = split(name, '.');
    if (!std::all_of(labels.begin(), labels.end(), [](const std::string& label) { return is_label(label); })) {
        return false;
    }
    // A last label of digits only is an address that was typed wrong ("10.0.0.300", "01.2.3.4"), not a name.
    const std::string& last = labels.back();
    return !std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string ip_text(ByteView bytes) {
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    const int family = bytes.size() == 4 ? AF_INET : AF_INET6;
    if ((bytes.size() != 4 && bytes.size() != 16) ||
        ::inet_ntop(family, bytes.data(), buffer.data(), buffer.size()) == nullptr) {
        throw Error(Code::invalid_data, fmt::format("an IP address has {} bytes instead of 4 or 16", bytes.size()));
    }
    return buffer.data();
}

Bytes parse_ip(std::string_view text) {
    const std::string copy(text);
    Bytes bytes(16);
    if (::inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1) return bytes;
    bytes.resize(4);
    if (::inet_pton(AF_INET, copy.c_str(), bytes.data()) == 1) return bytes;
    return {};
}

}  // namespace

HostName HostName::parse(std::string_view text) {
    const bool has_nul = text.find('\0') != std::string_view::npos;
    if (!has_nul) {
        const bool in_brackets = text.size() > 2 && text.front() == '[' && text.back() == ']';
        const Bytes bytes = parse_ip(in_brackets ? text.substr(1, text.size() - 2) : text);
        // Brackets belong to IPv6 only (RFC 3986, 3.2.2).
        if (!bytes.empty() && (!in_brackets || bytes.size() == 16)) return {Kind::ip, ip_text(bytes)};
    }
    std::string name = to_lower(text);
    if (is_dns_name(name)) return {Kind::dns, std::move(name)};
    std::string hint = "a DNS name has letters, digits and hyphens, dots between, and at most one leading \"*.\"";
    if (std::any_of(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; })) {
        hint = "write a name with other letters in its ASCII form (xn--...)";
    }
    throw Error(Code::usage, fmt::format("{} is neither a DNS name nor an IP address", in_quotes(text)),
                std::move(hint));
}

HostName HostName::from_ip_bytes(ByteView bytes) { return {Kind::ip, ip_text(bytes)}; }

std::string HostName::typed() const { return (m_kind == Kind::dns ? "dns:" : "ip:") + m_text; }

Bytes HostName::ip_bytes() const { return m_kind == Kind::ip ? parse_ip(m_text) : Bytes{}; }

bool HostName::covers(const HostName& host) const {
    if (*this == host) return true;
    if (!is_wildcard() || host.m_kind != Kind::dns || host.is_wildcard()) return false;
    const auto dot = host.m_text.find('.');
    return dot != std::string::npos && std::string_view(host.m_text).substr(dot) == std::string_view(m_text).substr(1);
}

std::vector<HostName> parse_host_list(std::string_view text) {
    std::vector<HostName> hosts;
    for (const std::string& part : split(text, ';')) {
        const std::string_view trimmed = trim(part);
        if (trimmed.empty()) continue;
        HostName host = HostName::parse(trimmed);
        if (std::find(hosts.begin(), hosts.end(), host) == hosts.end()) hosts.push_back(std::move(host));
    }
    return hosts;
}

bool any_covers(const std::vector<HostName>& names, const HostName& host) {
    return std::any_of(names.begin(), names.end(), [&](const HostName& name) { return name.covers(host); });
}

std::string join_hosts(const std::vector<HostName>& hosts) {
    std::string text;
    for (const HostName& host : hosts) {
        if (!text.empty()) text += ';';
        text += host.text();
    }
    return text;
}

}  // namespace umsadm
