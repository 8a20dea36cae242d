#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/fingerprint.hpp"
#include "umsadm/base/secret.hpp"
#include "umsadm/base/time.hpp"
#include "umsadm/registry/site.hpp"

namespace umsadm {

enum class StoredKey { none, plain, encrypted, token };
enum class CertificateOrigin { created, renewed, imported };

// certificates/FINGERPRINT/record.json
struct CertificateRecord {
    std::string name;  // the display name; one line of renewals
    int generation = 1;
    Fingerprint fingerprint;
    UtcTime added;
    CertificateOrigin origin = CertificateOrigin::created;
    StoredKey key = StoredKey::none;
    std::string key_uri = {};  // token: the PKCS#11 URI of the key, which has no key.pem then

    bool operator==(const CertificateRecord&) const = default;
};

struct CertificateFiles {
    CertificateRecord record;
    std::string certificate_pem;
};

// Everything in certificates/, by name and generation. Throws Code::invalid_data naming file and field.
std::vector<CertificateFiles> load_certificates(const Site& site);

// key.pem. Throws Code::not_found when the certificate has no key here, as when it is in a token.
Secret load_key_pem(const Site& site, const Fingerprint& fingerprint);

// Puts certificate, key and record into place together; `key_pem` null: no key, or one in a token. Hold the site's
// lock.
void store_certificate(const Site& site, const CertificateRecord& record, const std::string& certificate_pem,
                       const Secret* key_pem);

struct CertificateToStore {
    CertificateRecord record;
    std::string certificate_pem;
    std::optional<Secret> key_pem;
};

// The same for many, with one wait for the disk. None is stored when one of them cannot be; killed or without power
// while it goes on, each is there whole or not at all. Hold the site's lock.
void store_certificates(const Site& site, const std::vector<CertificateToStore>& certificates);
// Adds the key to a certificate that had none.
void add_key(const Site& site, const CertificateRecord& record, const Secret& key_pem);
// Puts another form of the same key (encrypted, decrypted) in place of the one that is there, with a record that says
// so. Killed at any step, key and record fit each other, and the old form is gone with the next lock of the site at the
// latest. Hold the site's lock. Throws as replace_folder().
void replace_key(const Site& site, const CertificateRecord& record, const Secret& key_pem);
// From now on the key is the one in a token that the record names. A key that was in the site is in the trash first,
// with all of its certificate's folder; returns where. Hold the site's lock.
std::optional<Path> use_token_key(const Site& site, const CertificateRecord& record, UtcTime now);
// Moves the whole folder to the trash. Hold the site's lock. Returns where it went.
Path trash_certificate(const Site& site, const Fingerprint& fingerprint, UtcTime now);

// The generation that the next certificate called `name` gets: numbers in the trash are not used again.
int next_generation(const Site& site, std::string_view name);
// The highest generation that each name ever had, in the site or the trash: for who needs many.
std::map<std::string, int> highest_generations(const Site& site);

// Display names: 1 to 200 characters, one line, UTF-8, no '/', not starting with "sha256:", not ending in "@digits".
// Throws Code::usage.
void check_display_name(std::string_view name);

// What a record may hold as the PKCS#11 URI of a key (RFC 7512): one word, without a PIN. Throws Code::usage, without
// repeating the text.
void check_key_uri(std::string_view uri);

}  // namespace umsadm
