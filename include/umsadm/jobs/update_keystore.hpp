#pragma once

#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/finding.hpp"
#include "umsadm/deploy/observe.hpp"
#include "umsadm/deploy/plan.hpp"
#include "umsadm/deploy/probe.hpp"
#include "umsadm/jobs/inventory.hpp"
#include "umsadm/keystore/keystore.hpp"
#include "umsadm/pki/compatibility.hpp"

namespace umsadm {

// A gateway's keystore, decoded with the passwords that its configuration or the user gave.
struct PresentKeystore {
    DecodedKeystore decoded;
    std::string alias;                 // of the serving entry
    std::vector<Certificate> chain;    // of the serving entry, leaf first
    std::vector<Certificate> trusted;  // every certificate in it that can be parsed, to complete chains with
};

struct StorePasswords {
    const Secret* store = nullptr;
    const Secret* key = nullptr;  // null: same as store
};

// Decodes, and proves that both passwords are right. Throws Code::invalid_data (wrong password, damaged),
// Code::refused for JCEKS, and as serving_entry() does.
PresentKeystore read_present_keystore(const RemoteFile& file, const StorePasswords& passwords, std::string_view alias);

// What a gateway has now: stored and served.
struct CurrentOnGateway {
    PresentKeystore stored;
    Probed served;
};

// The certificate that counts as the current one: what is served, else what is stored.
CurrentCertificate current_certificate(const CurrentOnGateway& current, const Inventory& inventory, UtcTime now);

// One certificate of the site judged for one gateway.
struct Candidate {
    const StoredCertificate* certificate = nullptr;
    Findings findings;
    bool usable() const noexcept { return !has_errors(findings); }
};

// Every end entity of the site, judged; newest generations first. The key's presence is known, the key itself not
// looked at.
std::vector<Candidate> judge_candidates(const Gateway& gateway, const CurrentOnGateway& current,
                                        const Inventory& inventory, UtcTime now);

// Step 2, without a question: the newest generation of the name that is stored on the gateway now; null when the site
// does not know what is stored there. Then it is choose_certificate().
const StoredCertificate* next_generation(const CurrentOnGateway& current, const Inventory& inventory) noexcept;
// The only usable candidate. Throws Code::ambiguous with the candidates, Code::not_found when none is usable (hint:
// keystore candidates).
const StoredCertificate& choose_certificate(const Inventory& inventory, const std::vector<Candidate>& candidates);

// Whether the gateway has this certificate already: stored, and served.
bool has_already(const CurrentOnGateway& current, const Certificate& certificate) noexcept;

struct UpdateRequest {
    Gateway gateway;
    const StoredCertificate* chosen = nullptr;
    const PrivateKey* key = nullptr;  // of `chosen`; null: the site does not have it
    StorePasswords passwords;
    bool force = false;  // only host-missing, gateway-host-missing, no-san
    std::string reason;
    std::optional<Fingerprint> allowed_root;
    bool restart = true;
    bool verify = true;
    int keep_backups = 3;
    std::string run;  // 16 hex digits
    std::string user;
    UtcTime now;
};

enum class UpdateNeed { nothing, restart_only, update };

struct Prepared {
    UpdateNeed need = UpdateNeed::nothing;
    Findings findings;
    UpdatePlan plan;  // meaningless unless something is needed and no finding is an error
    bool refused() const noexcept { return has_errors(findings); }
};

// Steps 2 to 4: decide what is needed, prove it, build the new keystore in memory, read it back, rehearse it.
// Pure: no I/O. Throws Code::failed when the proof of the new keystore fails.
Prepared prepare_update(const UpdateRequest& request, const RemoteState& state, const CurrentOnGateway& current,
                        const Inventory& inventory);

}  // namespace umsadm
