#include "umsadm/jobs/build_keystore.hpp"

#include "umsadm/jobs/exchange_entry.hpp"
#include "umsadm/pki/compatibility.hpp"

#include "lib/jobs/keystore_proof.hpp"

namespace umsadm {
namespace {

std::vector<Certificate> pool_of(const BuildRequest& request, const Inventory& inventory) {
    std::vector<Certificate> pool = inventory.issuers();
    if (request.present != nullptr) {
        pool.insert(pool.end(), request.present->trusted.begin(), request.present->trusted.end());
    }
    return pool;
}

CompatibilityRequest question_of(const BuildRequest& request, const Inventory& inventory) {
    const std::vector<Certificate> pool = pool_of(request, inventory);
    CompatibilityRequest question;
    question.next.name = request.chosen->record.name;
    question.next.label = request.chosen->label();
    question.next.chain = build_chain(request.chosen->certificate, pool, request.now);
    if (const StoredCertificate* root = inventory.root_of(question.next.chain)) {
        question.next.root_name = root->record.name;
    }
    question.next.key = request.key;
    question.next.has_key = request.key != nullptr;
    question.allowed_root = request.allowed_root;
    if (request.present != nullptr) {
        // Nobody can see what the gateway serves; what its keystore holds is taken for it.
        question.current = CurrentCertificate{build_chain(request.present->chain.front(), pool, request.now), true};
    }
    return question;
}

}  // namespace

BuiltKeystore build_keystore(const BuildRequest& request, const Inventory& inventory) {
    const CompatibilityRequest question = question_of(request, inventory);
    BuiltKeystore built;
    built.findings = check_compatibility(question, request.now);
    if (!request.reason.empty()) apply_force(built.findings, request.reason);
    if (built.refused()) return built;

    const Secret& password = key_password(request.passwords);
    const JavaTime now = java_time(request.now);
    if (request.present == nullptr) {
        built.file = encode_and_prove(
            new_keystore(request.format, request.alias, *request.key, question.next.chain, password, now),
            request.passwords, request.alias, *request.key, question.next.chain);
        return built;
    }
    const PresentKeystore& present = *request.present;
    const ExchangedKeystore fresh =
        exchange_entry(present.decoded.keystore, present.alias, *request.key, question.next.chain, password, now);
    built.findings.insert(built.findings.end(), fresh.findings.begin(), fresh.findings.end());
    const Findings& oddities = present.decoded.findings;
    built.findings.insert(built.findings.end(), oddities.begin(), oddities.end());
    if (!built.refused())
        built.file =
            encode_and_prove(fresh.keystore, request.passwords, present.alias, *request.key, question.next.chain);
    return built;
}

}  // namespace umsadm
