// Makes one change of a site, or tells what is in it. crash_test.sh kills it at every system call, and makes each one
// fail.
//
//   change_site CHANGE SITE    exit 0: done; 1: an Error, its message on stderr
//   change_site show SITE      every record, key, run and audit line, one line each

#include <cstdio>
#include <functional>
#include <map>
#include <string>

#include <unistd.h>

#include "umsadm/base/error.hpp"
#include "umsadm/registry/audit.hpp"
#include "umsadm/registry/certificate_store.hpp"
#include "umsadm/registry/gateway.hpp"
#include "umsadm/registry/journal.hpp"
#include "umsadm/registry/last_seen.hpp"
#include "umsadm/registry/main_ums_id.hpp"
#include "umsadm/registry/request_store.hpp"
#include "umsadm/registry/server.hpp"
#include "umsadm/registry/server_journal.hpp"

namespace {

using namespace umsadm;

const UtcTime k_now{std::chrono::seconds(1'795'285'801)};
const std::string k_pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

const std::string k_request(64, 'a');

Fingerprint fingerprint(std::uint8_t number) {
    std::array<std::uint8_t, Fingerprint::k_size> bytes{};
    bytes[0] = number;
    return Fingerprint(bytes);
}

CertificateRecord record(int generation, StoredKey key) {
    return {.name = "ICG",
            .generation = generation,
            .fingerprint = fingerprint(static_cast<std::uint8_t>(generation)),
            .added = k_now,
            .origin = CertificateOrigin::created,
            .key = key,
            .key_uri = key == StoredKey::token ? "pkcs11:object=icg" : ""};
}

Site locked(const Path& folder, const std::function<void(const Site&)>& change) {
    const Site site = Site::open(folder);
    const FileLock lock = site.lock(Deadline::in(std::chrono::seconds(10)));
    change(site);
    return site;
}

RunFacts facts() {
    RunFacts result;
    result.run = "00112233445566aa";
    result.started = k_now;
    result.new_leaf = fingerprint(1);
    return result;
}

Gateway gateway(std::uint16_t port) {
    Gateway result;
    result.name = "berlin";
    result.host = "icg.example.com";
    result.port = port;
    return result;
}

Server server() {
    Server result;
    result.name = "ums1";
    result.host = "ums.example.com";
    return result;
}

ServerRunFacts server_facts() {
    ServerRunFacts result;
    result.run = "00112233445566bb";
    result.started = k_now;
    return result;
}

// UMS IDs differ in all of their files.
std::string ums_id_pem(int number) { return "ums id " + std::to_string(number); }

void store_ums_id(const Path& folder, std::uint8_t number, bool has_key) {
    const Secret key{std::string_view("ums id key " + std::to_string(number))};
    const UmsIdRecord record{fingerprint(number), UmsIdOrigin::created, {}, k_now, has_key};
    locked(folder,
           [&](const Site& site) { store_main_ums_id(site, record, ums_id_pem(number), has_key ? &key : nullptr); });
}

using Change = std::function<void(const Path&)>;
const std::map<std::string, Change> k_changes{
    {"init", [](const Path& folder) { (void)Site::create(folder); }},
    {"settings",
     [](const Path& folder) { locked(folder, [](const Site& site) {
                                  site.save_settings({"ums1", {}});
                              }); }},
    {"gateway-add",
     [](const Path& folder) {
         locked(folder, [](const Site& site) { save_gateway(site, gateway(8443), IfExists::refuse); });
     }},
    {"gateway-edit",
     [](const Path& folder) {
         locked(folder, [](const Site& site) { save_gateway(site, gateway(9443), IfExists::replace); });
     }},
    {"gateway-remove",
     [](const Path& folder) { locked(folder, [](const Site& site) { remove_gateway(site, "berlin", k_now); }); }},
    {"certificate",
     [](const Path& folder) {
         const Secret key{std::string_view("key")};
         locked(folder, [&](const Site& site) { store_certificate(site, record(1, StoredKey::plain), k_pem, &key); });
     }},
    {"certificate-without-key",
     [](const Path& folder) {
         locked(folder, [](const Site& site) { store_certificate(site, record(2, StoredKey::none), k_pem, nullptr); });
     }},
    {"key",
     [](const Path& folder) {
         const Secret key{std::string_view("key")};
         locked(folder, [&](const Site& site) { add_key(site, record(2, StoredKey::plain), key); });
     }},
    {"key-replace",
     [](const Path& folder) {
         const Secret key{std::string_view("encrypted key")};
         locked(folder, [&](const Site& site) { replace_key(site, record(1, StoredKey::encrypted), key); });
     }},
    {"key-in-token",
     [](const Path& folder) {
         locked(folder, [](const Site& site) { (void)use_token_key(site, record(1, StoredKey::token), k_now); });
     }},
    {"request",
     [](const Path& folder) {
         const Secret key{std::string_view("request key")};
         locked(folder, [&](const Site& site) {
             store_request(site, {k_request, "ICG", k_now, StoredKey::plain}, k_pem, key);
         });
     }},
    {"request-remove",
     [](const Path& folder) { locked(folder, [](const Site& site) { (void)trash_request(site, k_request, k_now); }); }},
    {"delete",
     [](const Path& folder) {
         locked(folder, [](const Site& site) { (void)trash_certificate(site, fingerprint(1), k_now); });
     }},
    {"journal",
     [](const Path& folder) {
         Journal(Site::open(folder).gateway_journal("berlin"), [] { return k_now; }).begin(facts());
     }},
    {"server-add",
     [](const Path& folder) {
         locked(folder, [](const Site& site) { save_server(site, server(), IfExists::refuse); });
     }},
    {"server-remove",
     [](const Path& folder) { locked(folder, [](const Site& site) { remove_server(site, "ums1", k_now); }); }},
    {"seen",
     [](const Path& folder) {
         save_last_seen(Site::open(folder), "ums1", {k_now, true, fingerprint(1), k_pem, false});
     }},
    {"server-journal",
     [](const Path& folder) {
         ServerJournal(Site::open(folder).server_journal("ums1"), [] { return k_now; }).begin(server_facts());
     }},
    {"ums-id", [](const Path& folder) { store_ums_id(folder, 1, true); }},
    {"ums-id-replace", [](const Path& folder) { store_ums_id(folder, 2, true); }},
    {"ums-id-without-key", [](const Path& folder) { store_ums_id(folder, 3, false); }},
    {"ums-id-key", [](const Path& folder) { store_ums_id(folder, 3, true); }},
    {"ums-id-register",
     [](const Path& folder) {
         locked(folder, [](const Site& site) { save_registered_ums_id(site, RegisteredUmsId{fingerprint(1), k_now}); });
     }},
    {"ums-id-forget",
     [](const Path& folder) { locked(folder, [](const Site& site) { save_registered_ums_id(site, std::nullopt); }); }},
    {"audit",
     [](const Path& folder) {
         append_audit(Site::open(folder), {k_now, "root", "cert create", "ICG", {}, {}, "done", {}});
     }},
};

void show_servers(const Site& site) {
    for (const Server& one : load_servers(site)) std::printf("server %s\n", one.name.c_str());
    if (load_last_seen(site, "ums1")) std::printf("seen ums1\n");
    for (const ServerRun& run : ServerJournal(site.server_journal("ums1"), [] { return k_now; }).load()) {
        std::printf("server run %s\n", run.facts.run.c_str());
    }
}

void show_ums_ids(const Site& site) {
    if (const auto main = load_main_ums_id(site)) {
        const std::string key = main->record.has_key ? std::string(load_main_ums_id_key(site).reveal()) : "none";
        std::printf("main %s %s %s\n", main->record.fingerprint.hex().c_str(), main->certificate_pem.c_str(),
                    key.c_str());
    }
    for (const UmsIdFiles& one : load_previous_ums_ids(site)) {
        std::printf("previous %s %s\n", one.record.fingerprint.hex().c_str(), one.certificate_pem.c_str());
    }
    if (const auto registered = load_registered_ums_id(site)) {
        std::printf("registered %s\n", registered->fingerprint.hex().c_str());
    }
}

// With what the record says of it: the two have to fit.
std::string key_of(const Site& site, const CertificateRecord& record) {
    switch (record.key) {
        case StoredKey::none: return "none";
        case StoredKey::token: return "token " + record.key_uri;
        case StoredKey::plain: return "plain " + std::string(load_key_pem(site, record.fingerprint).reveal());
        case StoredKey::encrypted: return "encrypted " + std::string(load_key_pem(site, record.fingerprint).reveal());
    }
    return {};
}

void show(const Path& folder) {
    const Site site = Site::open(folder);
    std::printf("main_server %s\n", site.load_settings().main_server.c_str());
    for (const Gateway& one : load_gateways(site)) std::printf("gateway %s %d\n", one.name.c_str(), one.port);
    for (const CertificateFiles& one : load_certificates(site)) {
        std::printf("certificate %d %s %zu\n", one.record.generation, key_of(site, one.record).c_str(),
                    one.certificate_pem.size());
    }
    for (const RequestFiles& one : load_requests(site)) {
        std::printf("request %s %s %zu\n", one.record.name.c_str(),
                    std::string(load_request_key_pem(site, one.record.id).reveal()).c_str(), one.request_pem.size());
    }
    std::printf("next %d\n", next_generation(site, "ICG"));
    for (const JournalRun& run : Journal(site.gateway_journal("berlin"), [] { return k_now; }).load()) {
        std::printf("run %s\n", run.facts.run.c_str());
    }
    show_servers(site);
    show_ums_ids(site);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const std::string what = argv[1];
    try {
        if (what == "show") {
            show(argv[2]);
            return 0;
        }
        // Where the system calls that count begin: what the loader does before is not ours.
        (void)::getppid();
        k_changes.at(what)(argv[2]);
        return 0;
    } catch (const Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        for (const std::string& frame : error.frames()) std::fprintf(stderr, "  while %s\n", frame.c_str());
        return 1;
    }
}
