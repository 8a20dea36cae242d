#include "umsadm/registry/request_store.hpp"

#include <algorithm>
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

constexpr std::string_view k_request_file = "request.pem";

// A key that nobody can take along is none of a request that waits.
constexpr std::array<NameOf<StoredKey>, 2> k_stored_keys{
    {{StoredKey::plain, "plain"}, {StoredKey::encrypted, "encrypted"}}};

Path folder_of(const Site& site, const std::string& id) { return site.requests() / id; }

bool is_request_id(std::string_view id) noexcept {
    return id.size() == 2 * Fingerprint::k_size &&
           std::all_of(id.begin(), id.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

void check_record(const RequestRecord& record) {
    check_display_name(record.name);
    if (!is_request_id(record.id)) {
        throw Error(Code::failed, fmt::format("{} is no ID of a request", in_quotes(record.id)));
    }
    if (name_in(k_stored_keys, record.key).empty()) {
        throw Error(Code::failed,
                    fmt::format("the record of the request {} does not say what is stored of its key", record.id));
    }
}

// The folder that there must be.
Path existing_folder(const Site& site, const std::string& id) {
    if (is_request_id(id) && is_there(folder_of(site, id))) return folder_of(site, id);
    throw Error(Code::not_found, fmt::format("there is no request {}", in_quotes(id)));
}

RequestRecord read_request_record(const Path& folder) {
    RequestRecord record;
    read_record(record_file(folder), [&](RecordReader& reader) {
        record.id = reader.text("id");
        if (record.id != folder.filename()) reader.refuse("id", "differs from the name of the folder");
        record.name = reader.text("name");
        record.added = reader.time("added");
        record.key = reader.choice("key", k_stored_keys);
    });
    return record;
}

std::string text_of(const RequestRecord& request) {
    nlohmann::ordered_json record = new_record();
    record["id"] = request.id;
    record["name"] = request.name;
    record["added"] = format_utc(request.added);
    record["key"] = name_in(k_stored_keys, request.key);
    return record_text(record);
}

RequestFiles load_one(const Path& folder) {
    if (!is_request_id(folder.filename().string())) {
        throw Error(Code::invalid_data, fmt::format("{} is no folder of a request", in_quotes(folder.string())),
                    "move it away: in \"requests\" there is one folder per request, named by its ID");
    }
    return {read_request_record(folder), read_text_file(folder / k_request_file, k_pem_limit)};
}

}  // namespace

std::vector<RequestFiles> load_requests(const Site& site) {
    std::vector<RequestFiles> all;
    for (const std::string& name : names_in(site.requests())) all.push_back(load_one(site.requests() / name));
    std::sort(all.begin(), all.end(), [](const RequestFiles& a, const RequestFiles& b) {
        return std::tie(a.record.name, a.record.added, a.record.id) <
               std::tie(b.record.name, b.record.added, b.record.id);
    });
    return all;
}

Secret load_request_key_pem(const Site& site, const std::string& id) { return read_key_pem(existing_folder(site, id)); }

void store_request(const Site& site, const RequestRecord& record, const std::string& request_pem,
                   const Secret& key_pem) {
    check_record(record);
    if (is_there(folder_of(site, record.id))) {
        throw Error(Code::failed, fmt::format("the request {} is in the site already", record.id));
    }
    publish_folder(folder_of(site, record.id), {{std::string(k_key_file), key_pem.reveal_bytes(), k_owner_only},
                                                {std::string(k_request_file), as_bytes(request_pem), k_public},
                                                {std::string(k_record_file), as_bytes(text_of(record)), k_public}});
}

Path trash_request(const Site& site, const std::string& id, UtcTime now) {
    const Path folder = existing_folder(site, id);
    Path target = free_trash_path_for_request(site, now, id);
    move_durably(folder, target);
    return target;
}

}  // namespace umsadm
