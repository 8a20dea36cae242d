#include "import_storing.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include "umsadm/registry/request_store.hpp"

#include "auditing.hpp"

namespace umsadm::app {
namespace {

// A CA's key that came encrypted stays so: the password that protects it was chosen by somebody. A gateway's key goes
// into a keystore of its own, without anybody there to type a password.
const Secret* password_to_keep(const ImportStep& step, const ImportMaterial& material) {
    const auto encrypted = material.encrypted.find(*step.key);
    const bool is_ca = type_of(step.certificate) != CertificateType::end_entity;
    return is_ca && encrypted != material.encrypted.end() ? encrypted->second : nullptr;
}

StoredKey kind_of_key(const ImportStep& step, const ImportMaterial& material, const ImportRequest& request) {
    if (step.key) {
        return password_to_keep(step, material) == nullptr ? StoredKey::plain : StoredKey::encrypted;
    }
    if (!step.answers) return StoredKey::none;
    const auto answered = std::find_if(request.waiting.begin(), request.waiting.end(),
                                       [&](const RequestRecord& waiting) { return waiting.id == *step.answers; });
    return answered->key;
}

std::optional<Secret> key_pem_of(const Site& site, const ImportStep& step, const ImportMaterial& material) {
    if (step.key) {
        const PrivateKey& key = material.keys[*step.key].key;
        const Secret* const password = password_to_keep(step, material);
        return password == nullptr ? key.to_pem() : Secret(std::string_view(key.to_encrypted_pem(*password)));
    }
    if (step.answers) return load_request_key_pem(site, *step.answers);
    return std::nullopt;
}

void audit_steps(Context& ctx, const Site& site, const ImportPlan& plan,
                 const std::vector<CertificateRecord>& records) {
    std::vector<AuditedChange> changes;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const ImportStep& step = plan.steps[i];
        if (step.action == ImportAction::nothing) continue;
        changes.push_back({.action = "cert import",
                           .subject = fmt::format("{}@{}", records[i].name, records[i].generation),
                           .new_fingerprint = records[i].fingerprint,
                           .detail = step.answers ? fmt::format("answers the request {}", *step.answers) : ""});
    }
    audit_done(ctx, site, changes);
}

}  // namespace

std::vector<CertificateRecord> plan_records(const Site& site, const ImportPlan& plan, const ImportMaterial& material,
                                            const ImportRequest& request, const Inventory& before) {
    std::map<std::string, int> generations = highest_generations(site);
    std::vector<CertificateRecord> records;
    for (const ImportStep& step : plan.steps) {
        CertificateRecord record;
        if (step.action == ImportAction::store) {
            record.name = step.name;
            record.generation = ++generations[step.name];
            record.fingerprint = step.certificate.fingerprint();
            record.added = request.now;
            record.origin = CertificateOrigin::imported;
        } else {
            record = before.find(step.certificate.fingerprint())->record;
        }
        if (step.action != ImportAction::nothing) record.key = kind_of_key(step, material, request);
        records.push_back(std::move(record));
    }
    return records;
}

std::vector<CertificateFiles> with_planned(std::vector<CertificateFiles> files, const ImportPlan& plan,
                                           const std::vector<CertificateRecord>& records) {
    std::map<Fingerprint, std::size_t> places;
    for (std::size_t i = 0; i < files.size(); ++i) places.emplace(files[i].record.fingerprint, i);
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (plan.steps[i].action == ImportAction::store) {
            files.push_back({records[i], plan.steps[i].certificate.pem()});
        } else {
            files[places.at(records[i].fingerprint)].record = records[i];
        }
    }
    return files;
}

void carry_out(Context& ctx, const Site& site, const ImportPlan& plan, const ImportMaterial& material,
               const std::vector<CertificateRecord>& records) {
    std::vector<CertificateToStore> fresh;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const ImportStep& step = plan.steps[i];
        if (step.action != ImportAction::store) continue;
        fresh.push_back({records[i], step.certificate.pem(), key_pem_of(site, step, material)});
    }
    store_certificates(site, fresh);
    for (std::size_t i = 0; i < records.size(); ++i) {
        const ImportStep& step = plan.steps[i];
        if (step.action == ImportAction::add_key) add_key(site, records[i], *key_pem_of(site, step, material));
    }
    audit_steps(ctx, site, plan, records);
    // Last: a run that is cut off before this ends the request when the same files are imported again.
    for (const ImportStep& step : plan.steps) {
        if (step.answers) trash_request(site, *step.answers, ctx.now());
    }
}

}  // namespace umsadm::app
