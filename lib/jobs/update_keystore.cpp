#include "umsadm/jobs/update_keystore.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"
#include "umsadm/jobs/exchange_entry.hpp"

#include "lib/jobs/gateway_plan.hpp"
#include "lib/jobs/keystore_proof.hpp"

namespace umsadm {
namespace {

std::vector<Certificate> parse_chain(const KeyEntry& entry) {
    std::vector<Certificate> chain;
    for (const Bytes& der : entry.chain) chain.push_back(Certificate::from_der(der));
    return chain;
}

bool is_in(const std::vector<Certificate>& chain, const Bytes& der) {
    return std::any_of(chain.begin(), chain.end(), [&](const Certificate& other) { return other.der() == der; });
}

void append(std::vector<Certificate>& certificates, const std::vector<Certificate>& more) {
    certificates.insert(certificates.end(), more.begin(), more.end());
}

NewCertificate describe(const StoredCertificate& certificate, const CurrentOnGateway& current,
                        const Inventory& inventory, UtcTime now) {
    NewCertificate next;
    next.name = certificate.record.name;
    next.label = certificate.label();
    // An intermediate or root that only the gateway's keystore knows completes the chain as well.
    std::vector<Certificate> below{certificate.certificate};
    append(below, current.stored.trusted);
    std::vector<Certificate> pool = inventory.authorities_above(below);
    append(pool, current.stored.trusted);
    next.chain = build_chain(certificate.certificate, pool, now);
    if (const StoredCertificate* root = inventory.root_of(next.chain)) next.root_name = root->record.name;
    next.has_key = certificate.has_key_file();
    return next;
}

CompatibilityRequest compatibility_request(const Gateway& gateway, const StoredCertificate& certificate,
                                           const CurrentOnGateway& current, const Inventory& inventory, UtcTime now) {
    CompatibilityRequest request;
    request.next = describe(certificate, current, inventory, now);
    request.current = current_certificate(current, inventory, now);
    request.gateway_host = HostName::parse(gateway.host);
    if (!gateway.external_host.empty()) request.external_host = HostName::parse(gateway.external_host);
    return request;
}

}  // namespace

PresentKeystore read_present_keystore(const RemoteFile& file, const StorePasswords& passwords, std::string_view alias) {
    return with_context(fmt::format("reading the gateway's keystore {}", in_quotes(file.path)), [&] {
        PresentKeystore present;
        if (detect_format(file.content) == StoreFormat::jceks) {
            throw Error(Code::refused, "the keystore has the format JCEKS, which umsadm does not write",
                        "convert it with keytool -importkeystore -deststoretype PKCS12, and tell the gateway");
        }
        present.decoded = decode_keystore(file.content, passwords.store);
        const KeyEntry& entry = serving_entry(present.decoded.keystore, alias);
        present.alias = entry.alias;
        present.chain = parse_chain(entry);
        if (present.chain.empty()) {
            throw Error(Code::invalid_data, fmt::format("its key entry {} has no certificate", in_quotes(entry.alias)));
        }
        // The new entry is protected with this password, so it has to be the one that the gateway uses.
        with_context(fmt::format("opening its key entry {}", in_quotes(entry.alias)),
                     [&] { (void)decrypt_entry_key(entry, key_password(passwords)); });
        for (const KeystoreEntry& other : present.decoded.keystore.entries) {
            const auto add = [&](const Bytes& der) {
                if (is_in(present.chain, der)) return;  // which is added as a whole
                try {
                    present.trusted.push_back(Certificate::from_der(der));
                } catch (const Error&) {
                    // Only here to complete chains; the entry itself is carried over as it is.
                }
            };
            if (const auto* trusted = std::get_if<TrustedEntry>(&other)) add(trusted->certificate);
            const auto* key = std::get_if<KeyEntry>(&other);
            if (key != nullptr && key != &entry) std::for_each(key->chain.begin(), key->chain.end(), add);
        }
        present.trusted.insert(present.trusted.end(), present.chain.begin(), present.chain.end());
        return present;
    });
}

CurrentCertificate current_certificate(const CurrentOnGateway& current, const Inventory& inventory, UtcTime now) {
    const bool served = !current.served.chain.empty();
    const std::vector<Certificate>& shown = served ? current.served.chain : current.stored.chain;
    std::vector<Certificate> pool = shown;
    append(pool, current.stored.trusted);
    const Certificate leaf = shown.front();
    // First what the gateway has itself: the site may know a root by a longer certificate than the devices do.
    Chain chain = build_chain(leaf, pool, now);
    if (!chain.complete) {
        append(pool, inventory.authorities_above(pool));
        chain = build_chain(leaf, pool, now);
    }
    return {std::move(chain), served};
}

std::vector<Candidate> judge_candidates(const Gateway& gateway, const CurrentOnGateway& current,
                                        const Inventory& inventory, UtcTime now) {
    std::vector<Candidate> candidates;
    for (const StoredCertificate& certificate : inventory.all()) {
        if (type_of(certificate.certificate) != CertificateType::end_entity) continue;
        candidates.push_back(
            {&certificate,
             check_compatibility(compatibility_request(gateway, certificate, current, inventory, now), now)});
    }
    std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
        if (a.usable() != b.usable()) return a.usable();
        if (a.certificate->record.name != b.certificate->record.name) {
            return a.certificate->record.name < b.certificate->record.name;
        }
        return a.certificate->record.generation > b.certificate->record.generation;
    });
    return candidates;
}

const StoredCertificate* next_generation(const CurrentOnGateway& current, const Inventory& inventory) noexcept {
    const StoredCertificate* const stored = inventory.find(current.stored.chain.front().fingerprint());
    return stored == nullptr ? nullptr : inventory.newest(stored->record.name);
}

bool has_already(const CurrentOnGateway& current, const Certificate& certificate) noexcept {
    return !current.served.chain.empty() && current.served.chain.front() == certificate &&
           current.stored.chain.front() == certificate;
}

const StoredCertificate& choose_certificate(const Inventory& inventory, const std::vector<Candidate>& candidates) {
    std::vector<const StoredCertificate*> choices;
    for (const Candidate& candidate : candidates) {
        const StoredCertificate* certificate = candidate.certificate;
        if (candidate.usable() && inventory.newest(certificate->record.name) == certificate)
            choices.push_back(certificate);
    }
    if (choices.size() == 1) return *choices.front();
    if (choices.empty()) {
        throw Error(Code::not_found, "no certificate of the site can be used for this gateway",
                    "\"umsadm keystore candidates\" says why not, certificate by certificate");
    }
    std::string names;
    for (const StoredCertificate* choice : choices) {
        if (!names.empty()) names += ", ";
        names += in_quotes(choice->label());
    }
    throw Error(Code::ambiguous, fmt::format("{} certificates can be used: {}", choices.size(), names),
                "name one of them with --cert");
}

Prepared prepare_update(const UpdateRequest& request, const RemoteState& state, const CurrentOnGateway& current,
                        const Inventory& inventory) {
    Prepared prepared;
    CompatibilityRequest question =
        compatibility_request(request.gateway, *request.chosen, current, inventory, request.now);
    question.next.key = request.key;
    question.allowed_root = request.allowed_root;
    prepared.findings = check_compatibility(question, request.now);
    if (request.force) apply_force(prepared.findings, request.reason);

    const Certificate& wanted = request.chosen->certificate;
    const bool served = !current.served.chain.empty() && current.served.chain.front() == wanted;
    const bool stored = current.stored.chain.front() == wanted;
    if (served && stored) return prepared;
    if (served) {
        prepared.findings.push_back(
            {Severity::warning, "served-not-stored",
             fmt::format("the gateway serves {}, but its keystore holds another certificate: a restart "
                         "would have gone back to that one",
                         in_quotes(request.chosen->label()))});
    }
    prepared.need = stored ? UpdateNeed::restart_only : UpdateNeed::update;
    if (prepared.refused()) return prepared;

    const auto plan = [&](RunAction action, const std::vector<Certificate>& chain) {
        UpdatePlan made = make_plan(request.gateway, state, current.served, action, chain);
        RunFacts& facts = made.facts;
        facts.run = request.run;
        facts.started = request.now;
        facts.user = request.user;
        facts.old_leaf = current.stored.chain.front().fingerprint();
        facts.restart = request.restart;
        facts.verify = request.verify;
        facts.reason = request.reason;
        made.keep_backups = request.keep_backups;
        return made;
    };
    if (prepared.need == UpdateNeed::restart_only) {
        prepared.plan = plan(RunAction::restart, current.stored.chain);
        return prepared;
    }

    const Findings& oddities = current.stored.decoded.findings;
    prepared.findings.insert(prepared.findings.end(), oddities.begin(), oddities.end());
    const ExchangedKeystore fresh =
        exchange_entry(current.stored.decoded.keystore, current.stored.alias, *request.key, question.next.chain,
                       key_password(request.passwords), java_time(request.now));
    prepared.findings.insert(prepared.findings.end(), fresh.findings.begin(), fresh.findings.end());
    if (prepared.refused()) return prepared;

    prepared.plan = plan(RunAction::update, question.next.chain.certificates);
    set_new_keystore(prepared.plan, encode_and_prove(fresh.keystore, request.passwords, current.stored.alias,
                                                     *request.key, question.next.chain));
    return prepared;
}

}  // namespace umsadm
