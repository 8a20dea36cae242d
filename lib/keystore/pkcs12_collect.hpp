#pragma once

#include <variant>
#include <vector>

#include "umsadm/base/finding.hpp"
#include "umsadm/keystore/keystore.hpp"

#include "lib/keystore/java_chain.hpp"
#include "lib/keystore/pkcs12_bag.hpp"

namespace umsadm::keystore {

// What a bag became before the chains are known.
struct PendingKey {
    KeyEntry entry;
    Bytes local_key_id;
};
struct PendingCertificate {
    std::size_t at;  // in the pool
    Bytes bag;
    bool has_attributes = false;
};
using PendingEntry = std::variant<PendingKey, PendingCertificate, TrustedEntry, OpaqueEntry>;

struct CollectedBags {
    std::vector<PendingEntry> pending;  // in the order of the file
    std::vector<PoolCertificate> pool;
    Findings findings;
    std::size_t key_count = 0;
    bool uses_pbes1 = false;
};

CollectedBags collect_bags(const std::vector<BagStackPtr>& safes);

}  // namespace umsadm::keystore
