#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "umsadm/jobs/import_certificates.hpp"

namespace umsadm {

// Which of the private keys that were found belongs to which certificate.
class ImportKeys {
public:
    // `certificates`: all that may own one. `keys` has to outlive this.
    ImportKeys(const std::vector<FoundKey>& keys, const std::vector<Certificate>& certificates);

    // Where in `keys` the key of one of the certificates is.
    std::optional<std::size_t> of(const Certificate& certificate) const;
    // Sources of the keys that belong to none.
    std::vector<std::string> unused() const;

private:
    void find_owner_of(std::size_t key, const std::vector<Certificate>& certificates);

    const std::vector<FoundKey>& m_keys;
    std::map<Fingerprint, std::size_t> m_key_of;
    std::set<std::size_t> m_used;
};

}  // namespace umsadm
