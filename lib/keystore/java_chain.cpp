#include "lib/keystore/java_chain.hpp"

#include <algorithm>

namespace umsadm::keystore {
namespace {

template <typename Map, typename Key>
std::optional<std::size_t> look_up(const Map& map, const Key& key) {
    const auto found = map.find(key);
    if (found == map.end()) return std::nullopt;
    return found->second;
}

}  // namespace

JavaChains::JavaChains(const std::vector<PoolCertificate>& pool) : m_pool(pool), m_steps(pool.size()) {
    for (std::size_t at = 0; at < pool.size(); ++at) {
        index_issuer(at);
        // A trusted entry can be an issuer, but never the leaf of a key.
        if (!pool[at].trusted) index_leaf(at);
    }
}

void JavaChains::index_issuer(std::size_t at) {
    const X509View& x509 = m_pool[at].x509;
    SameName& same = m_by_subject.try_emplace(x509.subject(), SameName{at, std::nullopt, {}}).first->second;
    if (auto id = x509.subject_key_id()) {
        same.first_by_id.try_emplace(std::move(*id), at);
    } else {
        same.last_without_id = at;
    }
}

void JavaChains::index_leaf(std::size_t at) {
    const PoolCertificate& certificate = m_pool[at];
    if (certificate.local_key_id) m_last_by_key_id[*certificate.local_key_id] = at;
    if (certificate.friendly_name) m_last_by_alias[*certificate.friendly_name] = at;
    if (certificate.local_key_id && certificate.friendly_name) {
        m_first_by_both.try_emplace({*certificate.local_key_id, *certificate.friendly_name}, at);
    }
}

std::vector<std::size_t> JavaChains::chain_of(const Bytes& local_key_id, const std::string& alias) {
    const auto leaf = leaf_of(local_key_id, alias);
    return leaf ? chain_from(*leaf) : std::vector<std::size_t>{};
}

std::vector<std::size_t> JavaChains::chain_from(std::size_t leaf) {
    std::vector<std::size_t> chain;
    for (std::optional<std::size_t> at = leaf; at; at = next_after(*at)) {
        const bool loop = std::any_of(chain.begin(), chain.end(), [&](std::size_t member) {
            return X509_cmp(m_pool[member].x509.handle(), m_pool[*at].x509.handle()) == 0;
        });
        if (loop) break;
        chain.push_back(*at);
        if (chain.size() > k_longest_chain) {
            throw Error(Code::invalid_data, "the keystore holds a chain of more than 32 certificates");
        }
    }
    return chain;
}

std::optional<std::size_t> JavaChains::leaf_of(const Bytes& local_key_id, const std::string& alias) const {
    if (const auto both = look_up(m_first_by_both, std::pair(local_key_id, alias))) return both;
    if (const auto by_id = look_up(m_last_by_key_id, local_key_id)) return by_id;
    return look_up(m_last_by_alias, alias);
}

std::optional<std::size_t> JavaChains::find_issuer(const X509View& certificate) const {
    const auto found = m_by_subject.find(certificate.issuer());
    if (found == m_by_subject.end()) return std::nullopt;
    const SameName& same = found->second;
    const auto id = certificate.authority_key_id();
    if (!id) return same.first;
    if (const auto by_id = look_up(same.first_by_id, *id)) return by_id;
    return same.last_without_id;
}

std::optional<std::size_t> JavaChains::next_after(std::size_t at) {
    Step& step = m_steps[at];
    if (!step.known) {
        const X509View& x509 = m_pool[at].x509;
        step.next = x509.is_self_signed() ? std::nullopt : find_issuer(x509);
        step.known = true;
    }
    return step.next;
}

}  // namespace umsadm::keystore
