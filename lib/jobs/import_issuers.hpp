#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "umsadm/crypto/certificate.hpp"

namespace umsadm {

// Which of many certificates have a complete chain, found from the roots downwards: a bundle of thousands takes time in
// proportion to its size.
class IssuerPool {
public:
    // `certificates`: each once.
    explicit IssuerPool(std::vector<Certificate> certificates);

    // Whether a way leads from this one of the pool up to a self-signed one. An authority (subject and key) that has
    // such a way under another signature counts too: a root that somebody else signed as well needs nothing more.
    bool is_complete(const Certificate& certificate) const { return m_complete.contains(certificate.fingerprint()); }
    // Where the way up from an incomplete one ends: what is missing is the issuer of this one.
    Certificate end_of_way(const Certificate& certificate) const;

private:
    void complete_below(const Certificate& issuer, std::vector<Certificate>& reached);
    void complete_twins(const Certificate& authority);
    std::optional<Certificate> issuer_of(const Certificate& certificate) const;

    std::vector<Certificate> m_all;
    std::multimap<Bytes, std::size_t> m_by_subject;  // where in m_all
    std::multimap<Bytes, std::size_t> m_by_issuer;
    std::set<Fingerprint> m_complete;
};

}  // namespace umsadm
