#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "umsadm/base/bytes.hpp"

namespace umsadm {

using Path = std::filesystem::path;

enum class IfExists { replace, refuse };

constexpr mode_t k_owner_only = 0600;
constexpr mode_t k_public = 0644;

// Whether there is something of this name, behind links. Throws Code::failed when nobody can tell.
bool is_there(const Path& path);

// Reads a whole file. Throws Code::not_found when there is none, Code::failed when it cannot be read,
// Code::invalid_data when it is no regular file or larger than `at_most` bytes.
Bytes read_file(const Path& path, std::size_t at_most);
std::string read_text_file(const Path& path, std::size_t at_most);

// Puts `content` into place so that after a crash at any point the old or the new content is there, whole:
// temporary neighbour, fsync, rename, fsync of the folder. `mode` is exact whatever the umask.
//
// Throws Code::failed, with the old content untouched, when it could not be done; with IfExists::refuse also when
// the file exists. Throws Code::not_recorded when the content is in place but its durability is unknown.
void write_file(const Path& path, ByteView content, mode_t mode, IfExists if_exists);

// Adds one line (without its newline) to a file of lines, and returns when it is on disk. A last line that a crash
// left without its newline is cut off first: it was never reported as written. The file is created with mode 0600.
//
// With Sync::later the line is written, and on disk together with the next one that is. It is lost only when the
// machine itself goes down before, and then with all that came after it; a program that is killed loses nothing.
enum class Sync { now, later };
void append_line(const Path& path, std::string_view line, Sync sync = Sync::now);

struct NewFile {
    std::string name;
    ByteView content;
    mode_t mode = k_owner_only;
};

// Makes the folder `path` (mode 0700) with all files in it, at once: either all of it is there or none.
// Throws Code::failed when the folder exists or could not be made.
void publish_folder(const Path& path, const std::vector<NewFile>& files);

struct NewFolder {
    Path path;
    std::vector<NewFile> files;
};

// Makes folders that are neighbours, each at once, and waits for the disk once and not for each of them: thousands take
// seconds. None is there when one of them cannot be written; a crash may leave some, each
// whole. Throws Code::failed, also when one of them exists.
void publish_folders(const std::vector<NewFolder>& folders);

// Puts such a folder in place of the one that is there, at once, and then removes the old one with all that is in it.
// Throws Code::not_found when there is none, Code::failed, with the old one untouched, when it could not be done or the
// file system cannot exchange folders, Code::not_recorded when the new one is in place and all else is unknown.
void replace_folder(const Path& path, const std::vector<NewFile>& files);

// Moves a file or folder within one file system, and returns when that is on disk. Never overwrites.
void move_durably(const Path& from, const Path& to);

// Removes a file, and returns when that is on disk; nothing happens when there is none.
void remove_durably(const Path& path);

// Makes a folder with mode 0700 and returns when that is on disk; nothing happens when it exists.
void make_folder(const Path& path);

// Removes what a killed run left in `folder`: names starting with ".tmp-". Call it under the lock of the folder.
void remove_leftovers(const Path& folder);

}  // namespace umsadm
