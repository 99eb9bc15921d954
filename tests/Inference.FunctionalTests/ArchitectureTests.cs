using System.Xml.Linq;
using Inference.Testing;

namespace Inference.FunctionalTests;

/// <summary>Who may know whom.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Engine"] = [],
        ["Execution"] = ["Engine", "Models", "OnnxRuntime"],
        ["Grammar"] = [],
        ["Models"] = [],
        ["OnnxRuntime"] = ["OnnxRuntime.Binding"],
        ["OnnxRuntime.Binding"] = [],
        ["Protocol"] = [],
        ["Server"] = ["Engine", "Execution", "Grammar", "Protocol", "Tokenization"],
        ["Tokenization"] = [],
    };

    [Fact]
    public void References_OfEachProject_AreThoseOfTheDesign()
    {
        var projects = Directory.GetFiles(Path.Combine(RepositoryFiles.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Where(path => Path.GetDirectoryName(Path.GetDirectoryName(path)) == Path.Combine(RepositoryFiles.Root, "src"))
            .ToDictionary(NameOf, path => XDocument.Load(path).Descendants("ProjectReference").Select(reference => NameOf(reference.Attribute("Include")!.Value)).Order());

        Assert.Equal(Allowed.Keys.Order(), projects.Keys.Order());
        Assert.All(projects, project => Assert.Equal(Allowed[project.Key], project.Value));
    }

    private static string NameOf(string path) => Path.GetFileNameWithoutExtension(path)["Inference.".Length..];
}
