#include "ssh_config_files.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include <glob.h>
#include <pwd.h>
#include <unistd.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_config_limit = 1024 * 1024;
constexpr std::size_t k_user_entry_size = 16 * 1024;
constexpr int k_deepest_include = 16;  // as in OpenSSH

constexpr std::array<std::string_view, 13> k_keywords{"hostname",
                                                      "port",
                                                      "user",
                                                      "identityfile",
                                                      "identitiesonly",
                                                      "identityagent",
                                                      "userknownhostsfile",
                                                      "globalknownhostsfile",
                                                      "hostkeyalias",
                                                      "proxyjump",
                                                      "proxycommand",
                                                      "canonicalizehostname",
                                                      "certificatefile"};

struct Line {
    std::string keyword;
    std::string_view rest;
};

// "Keyword value", "Keyword=value".
Line take_apart(std::string_view line) {
    line = trim(line);
    const auto end = line.find_first_of(" \t=");
    if (end == std::string_view::npos) return {to_lower(line), {}};
    std::string_view rest = line.substr(end);
    while (!rest.empty() && (rest.front() == '=' || rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
    return {to_lower(line.substr(0, end)), rest};
}

class Search {
public:
    explicit Search(const Path& folder) : m_folder(folder) {}

    bool in_file(const Path& file, int depth) const {
        std::error_code ignored;
        if (!std::filesystem::exists(file, ignored)) return false;
        std::string text;
        try {
            text = read_text_file(file, k_config_limit);
        } catch (const Error&) {
            return true;  // ssh(1) will say what is wrong with it
        }
        const auto lines = split(text, '\n');
        return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) { return in_line(line, depth); });
    }

private:
    bool in_line(const std::string& text, int depth) const {
        const Line line = take_apart(text);
        if (line.keyword == "include") return depth > k_deepest_include || in_included(line.rest, depth);
        return std::find(k_keywords.begin(), k_keywords.end(), line.keyword) != k_keywords.end();
    }

    bool in_included(std::string_view patterns, int depth) const {
        // What only ssh(1) can make out is left to it.
        if (patterns.find_first_of("\"'$%~\\") != std::string_view::npos) return true;
        for (const std::string& pattern : split(patterns, ' ')) {
            if (pattern.empty()) continue;
            const Path path = pattern.starts_with('/') ? Path(pattern) : m_folder / pattern;
            glob_t found{};
            const bool any = ::glob(path.c_str(), 0, nullptr, &found) == 0;
            bool concerns = false;
            for (std::size_t i = 0; any && i < found.gl_pathc && !concerns; ++i) {
                concerns = in_file(found.gl_pathv[i], depth + 1);
            }
            ::globfree(&found);
            if (concerns) return true;
        }
        return false;
    }

    const Path& m_folder;
};

}  // namespace

bool concerns_logins(const Path& file, const Path& folder) { return Search(folder).in_file(file, 1); }

bool open_ssh_is_configured() {
    const Path home = home_of_user();
    const Path folder = home / ".ssh";
    const bool by_user = !home.empty() && concerns_logins(folder / "config", folder);
    return by_user || concerns_logins("/etc/ssh/ssh_config", "/etc/ssh");
}

Path home_of_user() {
    std::array<char, k_user_entry_size> memory{};
    passwd entry{};
    passwd* found = nullptr;
    ::getpwuid_r(::geteuid(), &entry, memory.data(), memory.size(), &found);
    return found == nullptr || found->pw_dir == nullptr ? Path() : Path(found->pw_dir);
}

std::optional<std::string> find_ssh_program() {
    const char* const path = std::getenv("PATH");
    for (const std::string& folder : split(path == nullptr ? "/usr/bin:/bin" : path, ':')) {
        const std::string program = folder + "/ssh";
        if (folder.starts_with('/') && ::access(program.c_str(), X_OK) == 0) return program;
    }
    return std::nullopt;
}

}  // namespace umsadm::app
