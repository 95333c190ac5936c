#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

// Stands in for libFuzzer in builds without it: runs a target over every file of a corpus, then
// over mutations of them. The seed is fixed, so that a failure comes again.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t kMutations = 20'000;

std::vector<std::string> ReadCorpus(const char* folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());  // the order of a folder is not the same everywhere
  std::vector<std::string> inputs;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

class Mutator {
 public:
  explicit Mutator(const std::vector<std::string>& corpus) : corpus_(corpus) {}

  std::string Next() {
    std::string input = Pick();
    for (std::size_t changes = Below(4) + 1; changes > 0; --changes) Change(input);
    return input;
  }

 private:
  std::size_t Below(std::size_t bound) { return random_() % bound; }
  const std::string& Pick() { return corpus_[Below(corpus_.size())]; }

  void Change(std::string& input) {
    const std::size_t at = Below(input.size() + 1);
    const std::size_t length = Below(std::min<std::size_t>(input.size() - at, 32) + 1);
    switch (Below(6)) {
      case 0:
        input.insert(at, 1, static_cast<char>(Below(256)));
        break;
      case 1:
        input.erase(at, length);
        break;
      case 2:
        input.insert(at, input.substr(at, length));
        break;
      case 3:
        input.resize(at);
        break;
      case 4: {
        const std::string& other = Pick();
        input.insert(at, other, Below(other.size() + 1), 32);
        break;
      }
      default:
        if (at < input.size()) input[at] = static_cast<char>(Below(256));
    }
  }

  const std::vector<std::string>& corpus_;
  std::mt19937_64 random_{20241105};
};

void Run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> corpus =
      argc == 2 ? ReadCorpus(argv[1]) : std::vector<std::string>{};
  if (corpus.empty()) {
    std::fprintf(stderr, "usage: %s CORPUS_FOLDER (with files in it)\n", argv[0]);
    return 2;
  }
  for (const std::string& input : corpus) Run(input);
  Mutator mutator(corpus);
  for (std::size_t i = 0; i < kMutations; ++i) Run(mutator.Next());
  std::printf("%zu executions: %zu files and %zu mutations of them\n", corpus.size() + kMutations,
              corpus.size(), kMutations);
  return 0;
}
