#include "lib/registry/host_records.hpp"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/registry/folder_listing.hpp"
#include "lib/registry/record_file.hpp"
#include "lib/registry/trash.hpp"

namespace umsadm {
namespace {

constexpr std::string_view k_extension = ".json";

}  // namespace

Path HostRecords::path(std::string_view name) const {
    return m_folder / (std::string(name) + std::string(k_extension));
}

bool HostRecords::is_taken(std::string_view name) const {
    std::error_code ignored;
    return std::filesystem::exists(std::filesystem::symlink_status(path(name), ignored));
}

std::vector<std::string> HostRecords::names() const {
    std::vector<std::string> names;
    for (const std::string& file : names_in(m_folder)) {
        // What an editor leaves beside a record ("berlin.json~") is none.
        if (file.ends_with(k_extension)) names.push_back(file.substr(0, file.size() - k_extension.size()));
    }
    std::sort(names.begin(), names.end());
    return names;
}

void HostRecords::require(std::string_view name) const {
    check_record_name(m_kind, name);
    if (is_taken(name)) return;
    throw Error(Code::not_found, fmt::format("there is no {} {}", m_kind, in_quotes(name)),
                fmt::format("run \"umsadm {} list\" to see all names", m_kind));
}

void HostRecords::read(std::string_view name, const std::function<void(RecordReader&)>& read) const {
    read_record(path(name), [&](RecordReader& reader) {
        if (reader.text("name") != name) {
            reader.refuse("name", fmt::format("must be {}, as the file is called", in_quotes(name)));
        }
        read(reader);
    });
}

void HostRecords::save(const std::string& name, const std::string& text, IfExists if_exists) const {
    if (if_exists == IfExists::refuse && is_taken(name)) {
        throw Error(Code::failed, fmt::format("there is a {} {} already", m_kind, in_quotes(name)),
                    fmt::format("change it with \"umsadm {} edit {}\"", m_kind, name));
    }
    write_file(path(name), as_bytes(text), k_public, if_exists);
}

void HostRecords::move_to_trash(std::string_view name, UtcTime now) const {
    move_durably(path(name), free_trash_path(m_site, now, fmt::format("{}-{}", m_kind, name), k_extension));
}

}  // namespace umsadm
