#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "umsadm/base/time.hpp"
#include "umsadm/registry/site.hpp"

#include "lib/registry/record_reader.hpp"

namespace umsadm {

// A folder of records NAME.json, one for each host: gateways/ or servers/. `kind` is what one of them is called in
// messages and commands: "gateway".
class HostRecords {
public:
    HostRecords(const Site& site, Path folder, std::string_view kind)
        : m_site(site), m_folder(std::move(folder)), m_kind(kind) {}

    std::vector<std::string> names() const;
    // Throws Code::usage for what is no name, Code::not_found with the hint "umsadm KIND list".
    void require(std::string_view name) const;
    // read_record(), and the field "name" has to be `name`: it is what the file is called.
    void read(std::string_view name, const std::function<void(RecordReader&)>& read) const;
    // IfExists::refuse: Code::failed when the name is taken.
    void save(const std::string& name, const std::string& text, IfExists if_exists) const;
    void move_to_trash(std::string_view name, UtcTime now) const;

private:
    Path path(std::string_view name) const;
    bool is_taken(std::string_view name) const;

    const Site& m_site;
    Path m_folder;
    std::string_view m_kind;
};

}  // namespace umsadm
