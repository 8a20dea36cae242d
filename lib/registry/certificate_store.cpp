#include "umsadm/registry/certificate_store.hpp"

#include <algorithm>
#include <limits>
#include <system_error>
#include <tuple>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/registry/record_file.hpp"
#include "lib/registry/trash.hpp"

namespace umsadm {
namespace {

constexpr std::string_view k_certificate_file = "certificate.pem";
constexpr std::string_view k_key_file = "key.pem";
constexpr std::string_view k_record_file = "record.json";
constexpr std::size_t k_pem_limit = std::size_t{1} << 20U;
constexpr int k_last_generation = 999'999'999;

constexpr std::array<NameOf<StoredKey>, 3> k_stored_keys{
    {{StoredKey::none, "none"}, {StoredKey::plain, "plain"}, {StoredKey::encrypted, "encrypted"}}};
constexpr std::array<NameOf<CertificateOrigin>, 3> k_origins{{{CertificateOrigin::created, "created"},
                                                              {CertificateOrigin::renewed, "renewed"},
                                                              {CertificateOrigin::imported, "imported"}}};

Path folder_of(const Site& site, const Fingerprint& fingerprint) { return site.certificates() / fingerprint.hex(); }

std::string label(const CertificateRecord& record) {
    return in_quotes(fmt::format("{}@{}", record.name, record.generation));
}

CertificateRecord read_certificate_record(const Path& folder) {
    CertificateRecord record;
    read_record(folder / k_record_file, [&](RecordReader& reader) {
        record.name = reader.text("name");
        record.generation = static_cast<int>(reader.number("generation", 1, k_last_generation));
        record.fingerprint = reader.fingerprint("fingerprint_sha256");
        record.added = reader.time("added");
        record.origin = reader.choice("origin", k_origins);
        record.key = reader.choice("key", k_stored_keys);
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
    return record_text(record);
}

void check_record(const CertificateRecord& record) {
    check_display_name(record.name);
    if (record.generation < 1 || record.generation > k_last_generation) {
        throw Error(Code::failed, fmt::format("{} is no generation of a certificate", record.generation));
    }
}

// The names in a folder; a folder that is missing is empty. Names that start with a dot are locks and drafts.
std::vector<std::string> names_in(const Path& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        std::string name = entry->path().filename().string();
        if (!name.starts_with('.')) names.push_back(std::move(name));
    }
    if (error && error != std::errc::no_such_file_or_directory) {
        throw system_error(fmt::format("cannot list {}", in_quotes(folder.string())), error.value());
    }
    return names;
}

CertificateFiles load_one(const Site& site, const std::string& name) {
    const Path folder = site.certificates() / name;
    if (const auto fingerprint = Fingerprint::parse(name); !fingerprint || fingerprint->hex() != name) {
        throw Error(Code::invalid_data, fmt::format("{} is no folder of a certificate", in_quotes(folder.string())),
                    "move it away: in \"certificates\" there is one folder per certificate, named by its fingerprint");
    }
    CertificateFiles files;
    files.record = read_certificate_record(folder);
    if (files.record.fingerprint.hex() != name) {
        Error error(Code::invalid_data, "field \"fingerprint_sha256\" differs from the name of the folder",
                    "put the folder back from a backup, or move it away");
        error.add_frame("reading " + (folder / k_record_file).string());
        throw error;
    }
    files.certificate_pem = read_text_file(folder / k_certificate_file, k_pem_limit);
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

int highest_generation(const Path& parent, std::string_view name, bool (*is_certificate)(const Path&)) {
    int highest = 0;
    for (const std::string& entry : names_in(parent)) {
        if (!is_certificate(parent / entry)) continue;
        const CertificateRecord record = read_certificate_record(parent / entry);
        if (record.name == name) highest = std::max(highest, record.generation);
    }
    return highest;
}

// Other things than certificates are in the trash too.
bool has_record(const Path& folder) {
    std::error_code ignored;
    return std::filesystem::exists(folder / k_record_file, ignored);
}

bool any_entry(const Path&) { return true; }

}  // namespace

std::vector<CertificateFiles> load_certificates(const Site& site) {
    std::vector<CertificateFiles> all;
    for (const std::string& name : names_in(site.certificates())) all.push_back(load_one(site, name));
    std::sort(all.begin(), all.end(),
              [](const CertificateFiles& a, const CertificateFiles& b) { return order_of(a) < order_of(b); });
    refuse_twins(all);
    return all;
}

Secret load_key_pem(const Site& site, const Fingerprint& fingerprint) {
    const Path path = folder_of(site, fingerprint) / k_key_file;
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
        throw Error(Code::not_found,
                    fmt::format("the site has no private key of the certificate {}", fingerprint.to_string()),
                    "add it with \"umsadm cert import\"");
    }
    Bytes content = read_file(path, k_pem_limit);
    Secret key{ByteView(content)};
    wipe_memory(content.data(), content.size());
    return key;
}

void store_certificate(const Site& site, const CertificateRecord& record, const std::string& certificate_pem,
                       const Secret* key_pem) {
    check_record(record);
    if ((key_pem != nullptr) != (record.key != StoredKey::none)) {
        throw Error(Code::failed,
                    fmt::format("the record of {} does not say what is stored of its key", label(record)));
    }
    const Path folder = folder_of(site, record.fingerprint);
    std::error_code ignored;
    if (std::filesystem::exists(folder, ignored)) {
        throw Error(Code::failed,
                    fmt::format("the certificate {} is in the site already", record.fingerprint.to_string()));
    }
    const std::string text = text_of(record);
    std::vector<NewFile> files;
    if (key_pem != nullptr) files.push_back({std::string(k_key_file), key_pem->reveal_bytes(), k_owner_only});
    files.push_back({std::string(k_certificate_file), as_bytes(certificate_pem), k_public});
    files.push_back({std::string(k_record_file), as_bytes(text), k_public});
    publish_folder(folder, files);
}

void add_key(const Site& site, const CertificateRecord& record, const Secret& key_pem) {
    check_record(record);
    const Path folder = folder_of(site, record.fingerprint);
    if (record.key == StoredKey::none) {
        throw Error(Code::failed,
                    fmt::format("the record of {} does not say what is stored of its key", label(record)));
    }
    if (read_certificate_record(folder).key != StoredKey::none) {
        throw Error(Code::failed, fmt::format("the certificate {} has its private key already", label(record)));
    }
    remove_leftovers(folder);
    // The key before the record that promises it. Replaced, because a run that was killed between the two left one
    // that no record speaks of.
    write_file(folder / k_key_file, key_pem.reveal_bytes(), k_owner_only, IfExists::replace);
    write_file(folder / k_record_file, as_bytes(text_of(record)), k_public, IfExists::replace);
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

int next_generation(const Site& site, std::string_view name) {
    const int highest = std::max(highest_generation(site.certificates(), name, any_entry),
                                 highest_generation(site.trash(), name, has_record));
    if (highest == k_last_generation)
        throw Error(Code::failed, fmt::format("there are no more generations of {}", in_quotes(name)));
    return highest + 1;
}

}  // namespace umsadm
