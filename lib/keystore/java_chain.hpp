#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/keystore/x509_view.hpp"

namespace umsadm::keystore {

// A certificate of a PKCS#12 file, which knows chains only as a heap of certificates.
struct PoolCertificate {
    X509View x509;
    std::optional<Bytes> local_key_id;
    std::optional<std::string> friendly_name;  // in lower case
    bool trusted = false;
};

// A longer chain is an attack: Java would follow it, we do not.
inline constexpr std::size_t k_longest_chain = 32;

// Finds the chain of each key in such a heap the way Java does, so that what umsadm shows and checks is what Java
// serves: names and key identifiers decide, signatures are not looked at, the order of the file breaks ties.
class JavaChains {
public:
    // `pool` must outlive this object.
    explicit JavaChains(const std::vector<PoolCertificate>& pool);

    // The positions of the certificates of a key, leaf first; empty when no certificate belongs to it.
    std::vector<std::size_t> chain_of(const Bytes& local_key_id, const std::string& alias);
    // The same from a known leaf up.
    std::vector<std::size_t> chain_from(std::size_t leaf);

private:
    struct NameLess {
        bool operator()(const X509_NAME* a, const X509_NAME* b) const { return X509_NAME_cmp(a, b) < 0; }
    };

    void index_issuer(std::size_t at);
    void index_leaf(std::size_t at);
    std::optional<std::size_t> leaf_of(const Bytes& local_key_id, const std::string& alias) const;
    std::optional<std::size_t> find_issuer(const X509View& certificate) const;
    std::optional<std::size_t> next_after(std::size_t at);

    struct SameName {
        std::size_t first = 0;  // by position in the file
        std::optional<std::size_t> last_without_id;
        std::map<Bytes, std::size_t> first_by_id;  // by subject key identifier
    };

    struct Step {
        bool known = false;
        std::optional<std::size_t> next;
    };

    const std::vector<PoolCertificate>& m_pool;
    std::map<const X509_NAME*, SameName, NameLess> m_by_subject;
    std::map<Bytes, std::size_t> m_last_by_key_id;
    std::map<std::string, std::size_t> m_last_by_alias;
    std::map<std::pair<Bytes, std::string>, std::size_t> m_first_by_both;
    std::vector<Step> m_steps;  // one for each certificate, filled when asked for
};

}  // namespace umsadm::keystore
