#include "umsadm/registry/main_ums_id.hpp"

#include <algorithm>
#include <system_error>
#include <tuple>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/registry/certificate_folder.hpp"
#include "lib/registry/record_file.hpp"

namespace umsadm {
namespace {

constexpr std::array<NameOf<UmsIdOrigin>, 3> k_origins{
    {{UmsIdOrigin::created, "created"}, {UmsIdOrigin::adopted, "adopted"}, {UmsIdOrigin::restored, "restored"}}};
// A reader begins again when a whole UMS ID was stored meanwhile. Nobody stores that many in a row.
constexpr int k_reader_tries = 100;

// A new UMS ID is here, whole, until each of its files has been copied to its place: three files cannot be exchanged
// at once, but a folder can appear and go at once. While it is there, it is what counts.
Path incoming(const Site& site) { return site.ums_id() / "incoming"; }

Path previous(const Site& site, const Fingerprint& fingerprint) {
    return site.ums_id() / "previous" / fingerprint.hex();
}

UmsIdRecord read_ums_id_record(const Path& folder) {
    UmsIdRecord record;
    read_record(record_file(folder), [&](RecordReader& reader) {
        record.fingerprint = reader.fingerprint("fingerprint_sha256");
        record.origin = reader.choice("origin", k_origins);
        record.source = reader.text_or_empty("source");
        record.added = reader.time("added");
        record.has_key = reader.flag("has_key");
    });
    return record;
}

std::string text_of(const UmsIdRecord& ums_id) {
    nlohmann::ordered_json record = new_record();
    record["fingerprint_sha256"] = ums_id.fingerprint.to_string();
    record["origin"] = name_in(k_origins, ums_id.origin);
    if (!ums_id.source.empty()) record["source"] = ums_id.source;
    record["added"] = format_utc(ums_id.added);
    record["has_key"] = ums_id.has_key;
    return record_text(record);
}

std::optional<UmsIdFiles> load_files(const Path& folder) {
    if (!is_there(record_file(folder))) {
        const Path file = is_there(key_file(folder)) ? key_file(folder) : certificate_file(folder);
        if (!is_there(file)) return std::nullopt;
        throw Error(Code::invalid_data,
                    fmt::format("{} is there without {}", in_quotes(file.string()),
                                in_quotes(record_file(folder).filename().string())),
                    "put the folder back from a backup, or move the file away");
    }
    return UmsIdFiles{read_ums_id_record(folder), read_certificate_pem(folder)};
}

// Which UMS ID counts at a moment: no other one has the same record in the same place.
struct Present {
    Path folder;
    std::string record;

    bool operator==(const Present&) const = default;
};

Present look(const Site& site) {
    Present present{is_there(incoming(site)) ? incoming(site) : site.ums_id(), {}};
    try {
        present.record = read_text_file(record_file(present.folder), k_record_limit);
    } catch (const Error& error) {
        if (error.code() != Code::not_found) throw;
    }
    return present;
}

// What `read` makes of the folder that counts. Readers take no lock: when another UMS ID was stored while `read` was
// at it, it may have seen parts of both, and begins again.
template <typename Read>
auto read_present(const Site& site, const Read& read) -> decltype(read(Path())) {
    for (int i = 0; i < k_reader_tries; ++i) {
        const Present before = look(site);
        try {
            auto result = read(before.folder);
            if (look(site) == before) return result;
        } catch (const Error&) {
            if (look(site) == before) throw;
        }
    }
    throw Error(Code::busy, "the Main UMS ID of this site is being changed all the time", "try again");
}

// Copies what is in incoming/ to its place, and lets incoming/ go. It may have been begun before.
void finish_incoming(const Site& site) {
    const Path from = incoming(site);
    if (!is_there(from)) return;
    const Path to = site.ums_id();
    remove_leftovers(to);
    if (is_there(key_file(from))) {
        write_file(key_file(to), read_key_pem(from).reveal_bytes(), k_owner_only, IfExists::replace);
    } else {
        remove_durably(key_file(to));
    }
    write_file(certificate_file(to), as_bytes(read_certificate_pem(from)), k_public, IfExists::replace);
    write_file(record_file(to), as_bytes(read_text_file(record_file(from), k_record_limit)), k_public,
               IfExists::replace);
    // It goes at once, by this rename; what is left then is a draft that anybody may remove.
    move_durably(from, to / ".tmp-incoming");
    remove_leftovers(to);
}

void switch_to(const Site& site, const UmsIdRecord& record, const std::string& certificate_pem, const Secret* key_pem) {
    publish_certificate_folder(incoming(site), text_of(record), certificate_pem, key_pem);
    try {
        finish_incoming(site);
    } catch (const Error&) {
        // It counts since incoming/ is there, so this is no failure. Whoever stores the next one finishes it first.
    }
}

void check_record(const UmsIdRecord& record, const Secret* key_pem) {
    if ((key_pem != nullptr) == record.has_key) return;
    throw Error(Code::failed, fmt::format("the record of the UMS ID {} does not say whether its key is stored",
                                          record.fingerprint.to_string()));
}

void keep_present(const Site& site, const UmsIdFiles& present) {
    std::optional<Secret> key;
    if (present.record.has_key) key = read_key_pem(site.ums_id());
    keep_previous_ums_id(site, present.record, present.certificate_pem, key ? &*key : nullptr);
}

Path registered_file(const Site& site) { return site.ums_id() / "registered.json"; }

}  // namespace

std::optional<UmsIdFiles> load_main_ums_id(const Site& site) { return read_present(site, load_files); }

Secret load_main_ums_id_key(const Site& site) {
    return read_present(site, [](const Path& folder) {
        const auto files = load_files(folder);
        if (!files) throw Error(Code::not_found, "this site has no Main UMS ID", "see \"umsadm id --help\"");
        if (!files->record.has_key) {
            throw Error(Code::not_found, "this site has the Main UMS ID without its private key",
                        "the server gives its key away only in a backup of its own format: make one there");
        }
        return read_key_pem(folder);
    });
}

void store_main_ums_id(const Site& site, const UmsIdRecord& record, const std::string& certificate_pem,
                       const Secret* key_pem) {
    check_record(record, key_pem);
    finish_incoming(site);
    const auto present = load_files(site.ums_id());
    const bool is_same = present && present->record.fingerprint == record.fingerprint;
    if (is_same && (key_pem == nullptr || present->record.has_key)) return;
    if (present && !is_same) keep_present(site, *present);
    switch_to(site, record, certificate_pem, key_pem);
}

void keep_previous_ums_id(const Site& site, const UmsIdRecord& record, const std::string& certificate_pem,
                          const Secret* key_pem) {
    check_record(record, key_pem);
    const Path folder = previous(site, record.fingerprint);
    if (!is_there(folder)) {
        publish_certificate_folder(folder, text_of(record), certificate_pem, key_pem);
    } else if (key_pem != nullptr && !read_ums_id_record(folder).has_key) {
        add_key_to_folder(folder, text_of(record), *key_pem);
    }
}

std::vector<UmsIdFiles> load_previous_ums_ids(const Site& site) {
    const auto present = load_main_ums_id(site);
    std::vector<UmsIdFiles> all;
    for (const Path& folder : certificate_folders(site.ums_id() / "previous")) {
        UmsIdFiles files{read_ums_id_record(folder), read_certificate_pem(folder)};
        require_named_by(folder, files.record.fingerprint);
        if (!present || present->record.fingerprint != files.record.fingerprint) all.push_back(std::move(files));
    }
    std::sort(all.begin(), all.end(), [](const UmsIdFiles& a, const UmsIdFiles& b) {
        return std::tie(b.record.added, b.record.fingerprint) < std::tie(a.record.added, a.record.fingerprint);
    });
    return all;
}

std::optional<RegisteredUmsId> load_registered_ums_id(const Site& site) {
    if (!is_there(registered_file(site))) return std::nullopt;
    RegisteredUmsId registered;
    read_record(registered_file(site), [&](RecordReader& reader) {
        registered.fingerprint = reader.fingerprint("fingerprint_sha256");
        registered.noted = reader.time("noted");
    });
    return registered;
}

void save_registered_ums_id(const Site& site, const std::optional<RegisteredUmsId>& registered) {
    if (!registered) {
        remove_durably(registered_file(site));
        return;
    }
    nlohmann::ordered_json record = new_record();
    record["fingerprint_sha256"] = registered->fingerprint.to_string();
    record["noted"] = format_utc(registered->noted);
    write_file(registered_file(site), as_bytes(record_text(record)), k_public, IfExists::replace);
}

}  // namespace umsadm
