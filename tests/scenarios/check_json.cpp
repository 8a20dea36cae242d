// check_json FILE [POINTER [VALUE]]: exit 0 when FILE is exactly one JSON document, has something at the JSON pointer
// (RFC 6901), and that equals VALUE. VALUE is JSON, or a plain string. Without VALUE it prints what is there.
#include <fstream>
#include <iostream>
#include <string>

#include <nlohmann/json.hpp>

namespace {

using nlohmann::json;

std::string as_text(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

int check(int argc, char** argv) {
    std::ifstream file(argv[1]);
    const json document = json::parse(file);
    if (argc == 2) return 0;
    const json& found = document.at(json::json_pointer(argv[2]));
    if (argc == 3) {
        std::cout << as_text(found) << '\n';
        return 0;
    }
    if (as_text(found) == argv[3]) return 0;
    std::cerr << argv[2] << " is " << as_text(found) << ", expected " << argv[3] << '\n';
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2 || argc > 4) {
        std::cerr << "usage: check_json FILE [POINTER [VALUE]]\n";
        return 2;
    }
    try {
        return check(argc, argv);
    } catch (const json::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
