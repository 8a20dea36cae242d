#include "lib/jobs/import_keys.hpp"

namespace umsadm {

ImportKeys::ImportKeys(const std::vector<FoundKey>& keys, const std::vector<Certificate>& certificates) : m_keys(keys) {
    std::multimap<Bytes, std::size_t> by_public_key;
    for (std::size_t i = 0; i < keys.size(); ++i) by_public_key.emplace(keys[i].key.public_key_der(), i);
    for (const Certificate& certificate : certificates) {
        const auto [first, last] = by_public_key.equal_range(certificate.public_key_der());
        if (first != last) m_key_of.emplace(certificate.fingerprint(), first->second);
        for (auto same = first; same != last; ++same) m_used.insert(same->second);
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (!m_used.contains(i)) find_owner_of(i, certificates);
    }
}

// The same public key may be encoded in two ways: a point of a curve can be compressed.
void ImportKeys::find_owner_of(std::size_t key, const std::vector<Certificate>& certificates) {
    for (const Certificate& certificate : certificates) {
        if (!m_keys[key].key.fits(certificate)) continue;
        m_key_of.emplace(certificate.fingerprint(), key);
        m_used.insert(key);
    }
}

std::optional<std::size_t> ImportKeys::of(const Certificate& certificate) const {
    const auto found = m_key_of.find(certificate.fingerprint());
    if (found == m_key_of.end()) return std::nullopt;
    return found->second;
}

std::vector<std::string> ImportKeys::unused() const {
    std::vector<std::string> sources;
    for (std::size_t i = 0; i < m_keys.size(); ++i) {
        if (!m_used.contains(i)) sources.push_back(m_keys[i].source);
    }
    return sources;
}

}  // namespace umsadm
