#include "umsadm/registry/certificate_store.hpp"

#include <algorithm>
#include <list>
#include <system_error>
#include <tuple>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/registry/certificate_folder.hpp"
#include "lib/registry/folder_listing.hpp"
#include "lib/registry/record_file.hpp"
#include "lib/registry/trash.hpp"

namespace umsadm {
namespace {

constexpr int k_last_generation = 999'999'999;

constexpr std::array<NameOf<StoredKey>, 4> k_stored_keys{{{StoredKey::none, "none"},
                                                          {StoredKey::plain, "plain"},
                                                          {StoredKey::encrypted, "encrypted"},
                                                          {StoredKey::token, "token"}}};
constexpr std::array<NameOf<CertificateOrigin>, 3> k_origins{{{CertificateOrigin::created, "created"},
                                                              {CertificateOrigin::renewed, "renewed"},
                                                              {CertificateOrigin::imported, "imported"}}};

Path folder_of(const Site& site, const Fingerprint& fingerprint) { return site.certificates() / fingerprint.hex(); }

std::string label(const CertificateRecord& record) {
    return in_quotes(fmt::format("{}@{}", record.name, record.generation));
}

std::string read_key_uri(RecordReader& reader, StoredKey key) {
    if (key != StoredKey::token) {
        if (reader.has("key_uri")) reader.refuse("key_uri", "is only for a key in a token");
        return {};
    }
    std::string uri = reader.text("key_uri");
    try {
        check_key_uri(uri);
    } catch (const Error&) {
        reader.refuse("key_uri", "must be a PKCS#11 URI without a PIN");
    }
    return uri;
}

CertificateRecord read_certificate_record(const Path& folder) {
    CertificateRecord record;
    read_record(record_file(folder), [&](RecordReader& reader) {
        record.name = reader.text("name");
        record.generation = static_cast<int>(reader.number("generation", 1, k_last_generation));
        record.fingerprint = reader.fingerprint("fingerprint_sha256");
        record.added = reader.time("added");
        record.origin = reader.choice("origin", k_origins);
        record.key = reader.choice("key", k_stored_keys);
        record.key_uri = read_key_uri(reader, record.key);
    });
    return record;
}

std::string text_of(const CertificateRecord& certificate) {
    nlohmann::ordered_json record = new_record();
    record["name"] = certificate.name;
    record["generation"] = certificate.generation;
    record["fingerprint_sha256"] = certificate.fingerprint.to_string();
    record["added"] = format_utc(certificate.added);
    record["origin"] = name_in(k_origins, certificate.origin);
    record["key"] = name_in(k_stored_keys, certificate.key);
    if (!certificate.key_uri.empty()) record["key_uri"] = certificate.key_uri;
    return record_text(record);
}

void check_record(const CertificateRecord& record) {
    check_display_name(record.name);
    if (record.generation < 1 || record.generation > k_last_generation) {
        throw Error(Code::failed, fmt::format("{} is no generation of a certificate", record.generation));
    }
    if (record.key == StoredKey::token) check_key_uri(record.key_uri);
}

bool has_key_file(StoredKey key) noexcept { return key == StoredKey::plain || key == StoredKey::encrypted; }

void require_says(const CertificateRecord& record, bool says_so) {
    if (says_so && (record.key == StoredKey::token) != record.key_uri.empty()) return;
    throw Error(Code::failed, fmt::format("the record of {} does not say what is stored of its key", label(record)));
}

CertificateFiles load_one(const Path& folder) {
    CertificateFiles files;
    files.record = read_certificate_record(folder);
    require_named_by(folder, files.record.fingerprint);
    files.certificate_pem = read_certificate_pem(folder);
    return files;
}

auto order_of(const CertificateFiles& files) { return std::tie(files.record.name, files.record.generation); }

void refuse_twins(const std::vector<CertificateFiles>& sorted) {
    const auto same = [](const CertificateFiles& a, const CertificateFiles& b) { return order_of(a) == order_of(b); };
    const auto twins = std::adjacent_find(sorted.begin(), sorted.end(), same);
    if (twins == sorted.end()) return;
    throw Error(Code::invalid_data,
                fmt::format("{} is there twice: {} and {}", label(twins->record), twins->record.fingerprint.hex(),
                            std::next(twins)->record.fingerprint.hex()),
                "move one of the two folders out of \"certificates\"");
}

void add_generations(const Path& parent, bool (*is_certificate)(const Path&), std::map<std::string, int>& highest) {
    for (const std::string& entry : names_in(parent)) {
        if (!is_certificate(parent / entry)) continue;
        const CertificateRecord record = read_certificate_record(parent / entry);
        int& generation = highest[record.name];
        generation = std::max(generation, record.generation);
    }
}

// Other things than certificates are in the trash too: records of hosts, which are no folders, and requests.
bool is_certificate_in_trash(const Path& folder) {
    std::error_code ignored;
    return std::filesystem::exists(record_file(folder), ignored) && !is_trashed_request(folder);
}

bool any_entry(const Path&) { return true; }

void check_new(const Site& site, const CertificateRecord& record, const Secret* key_pem) {
    check_record(record);
    require_says(record, (key_pem != nullptr) == has_key_file(record.key));
    std::error_code ignored;
    if (!std::filesystem::exists(folder_of(site, record.fingerprint), ignored)) return;
    throw Error(Code::failed, fmt::format("the certificate {} is in the site already", record.fingerprint.to_string()));
}

}  // namespace

std::vector<CertificateFiles> load_certificates(const Site& site) {
    std::vector<CertificateFiles> all;
    for (const Path& folder : certificate_folders(site.certificates())) all.push_back(load_one(folder));
    std::sort(all.begin(), all.end(),
              [](const CertificateFiles& a, const CertificateFiles& b) { return order_of(a) < order_of(b); });
    refuse_twins(all);
    return all;
}

Secret load_key_pem(const Site& site, const Fingerprint& fingerprint) {
    const Path folder = folder_of(site, fingerprint);
    std::error_code ignored;
    if (!std::filesystem::exists(key_file(folder), ignored)) {
        throw Error(Code::not_found,
                    fmt::format("the site has no private key of the certificate {}", fingerprint.to_string()),
                    "add it with \"umsadm cert import\"");
    }
    return read_key_pem(folder);
}

void store_certificate(const Site& site, const CertificateRecord& record, const std::string& certificate_pem,
                       const Secret* key_pem) {
    check_new(site, record, key_pem);
    publish_certificate_folder(folder_of(site, record.fingerprint), text_of(record), certificate_pem, key_pem);
}

void store_certificates(const Site& site, const std::vector<CertificateToStore>& certificates) {
    std::list<std::string> texts;  // the folders only look at them
    std::vector<NewFolder> folders;
    for (const CertificateToStore& one : certificates) {
        const Secret* const key_pem = one.key_pem ? &*one.key_pem : nullptr;
        check_new(site, one.record, key_pem);
        texts.push_back(text_of(one.record));
        folders.push_back({folder_of(site, one.record.fingerprint),
                           certificate_folder_files(texts.back(), one.certificate_pem, key_pem)});
    }
    publish_folders(folders);
}

void add_key(const Site& site, const CertificateRecord& record, const Secret& key_pem) {
    check_record(record);
    const Path folder = folder_of(site, record.fingerprint);
    require_says(record, has_key_file(record.key));
    if (read_certificate_record(folder).key != StoredKey::none) {
        throw Error(Code::failed, fmt::format("the certificate {} has its private key already", label(record)));
    }
    add_key_to_folder(folder, text_of(record), key_pem);
}

void replace_key(const Site& site, const CertificateRecord& record, const Secret& key_pem) {
    check_record(record);
    require_says(record, has_key_file(record.key));
    const Path folder = folder_of(site, record.fingerprint);
    if (!has_key_file(read_certificate_record(folder).key)) {
        throw Error(Code::failed, fmt::format("the private key of {} is not in the site", label(record)));
    }
    replace_certificate_folder(folder, text_of(record), read_certificate_pem(folder), &key_pem);
}

std::optional<Path> use_token_key(const Site& site, const CertificateRecord& record, UtcTime now) {
    check_record(record);
    require_says(record, record.key == StoredKey::token);
    const Path folder = folder_of(site, record.fingerprint);
    const CertificateRecord before = read_certificate_record(folder);
    if (!has_key_file(before.key)) {
        write_file(record_file(folder), as_bytes(text_of(record)), k_public, IfExists::replace);
        return std::nullopt;
    }
    const std::string certificate_pem = read_certificate_pem(folder);
    const Secret key = read_key_pem(folder);
    Path kept = free_trash_path(site, now, record.fingerprint.hex());
    publish_certificate_folder(kept, text_of(before), certificate_pem, &key);
    replace_certificate_folder(folder, text_of(record), certificate_pem, nullptr);
    return kept;
}

Path trash_certificate(const Site& site, const Fingerprint& fingerprint, UtcTime now) {
    const Path folder = folder_of(site, fingerprint);
    std::error_code ignored;
    if (!std::filesystem::exists(folder, ignored)) {
        throw Error(Code::not_found, fmt::format("the certificate {} is not in the site", fingerprint.to_string()),
                    "run \"umsadm cert list\" to see all certificates");
    }
    Path target = free_trash_path(site, now, fingerprint.hex());
    move_durably(folder, target);
    return target;
}

std::map<std::string, int> highest_generations(const Site& site) {
    std::map<std::string, int> highest;
    add_generations(site.certificates(), any_entry, highest);
    add_generations(site.trash(), is_certificate_in_trash, highest);
    return highest;
}

int next_generation(const Site& site, std::string_view name) {
    const auto all = highest_generations(site);
    const auto found = all.find(std::string(name));
    const int highest = found == all.end() ? 0 : found->second;
    if (highest == k_last_generation)
        throw Error(Code::failed, fmt::format("there are no more generations of {}", in_quotes(name)));
    return highest + 1;
}

}  // namespace umsadm
