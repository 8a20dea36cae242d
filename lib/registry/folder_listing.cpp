#include "lib/registry/folder_listing.hpp"

#include <system_error>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm {

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

}  // namespace umsadm
