#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "umsadm/base/bytes.hpp"

namespace umsadm {

// A host as a certificate names it: a DNS name or an IP address, never mixed up (RFC 5280, 4.2.1.6).
//
// A DNS name is kept in lower case: letters, digits and hyphens in labels of 1 to 63 characters, 253 in all, no
// trailing dot; one leading "*." is a wildcard (RFC 6125, 6.4.3: it stands for exactly one label). Names with other
// letters must be given as A-labels ("xn--..."). An IP address is kept in its canonical text form (RFC 5952).
class HostName {
public:
    enum class Kind { dns, ip };

    // Throws Code::usage when the text is neither.
    static HostName parse(std::string_view text);
    // From a certificate: 4 or 16 bytes. Throws Code::invalid_data on another length.
    static HostName from_ip_bytes(ByteView bytes);

    Kind kind() const noexcept { return m_kind; }
    bool is_wildcard() const noexcept { return m_kind == Kind::dns && m_text.starts_with("*."); }
    const std::string& text() const noexcept { return m_text; }  // "a.example", "10.0.0.5"
    std::string typed() const;                                   // "dns:a.example", "ip:10.0.0.5"
    Bytes ip_bytes() const;                                      // 4 or 16 bytes; empty for a DNS name

    // Whether a certificate with this name is good for `host`. A wildcard covers one label of a plain name and
    // the same wildcard; an address covers only itself.
    bool covers(const HostName& host) const;

    auto operator<=>(const HostName&) const = default;

private:
    HostName(Kind kind, std::string text) : m_kind(kind), m_text(std::move(text)) {}

    Kind m_kind;
    std::string m_text;
};

// "a.example;10.0.0.5": separated by ';', blanks trimmed, empty parts and repetitions dropped.
// Throws Code::usage naming the part that is neither a DNS name nor an IP address.
std::vector<HostName> parse_host_list(std::string_view text);

// Whether any of `names` covers `host`.
bool any_covers(const std::vector<HostName>& names, const HostName& host);

// "a.example;10.0.0.5": what parse_host_list() reads.
std::string join_hosts(const std::vector<HostName>& hosts);

}  // namespace umsadm
