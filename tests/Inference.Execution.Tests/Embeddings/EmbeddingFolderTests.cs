using Inference.Execution.Embeddings;
using Inference.Models;
using Inference.Testing;

namespace Inference.Execution.Tests.Embeddings;

public sealed class EmbeddingFolderTests : IDisposable
{
    private const string Modules = """
        [{"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"},
         {"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("embedding").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_MiniLm_IsAsItsFilesSay()
    {
        var spec = EmbeddingFolder.Read(RepositoryFiles.MiniLm);

        Assert.True(EmbeddingFolder.Is(RepositoryFiles.MiniLm));
        Assert.Equal((Pooling.Mean, true, 256), (spec.Pooling, spec.IsNormalized, spec.MaxLength));
        Assert.EndsWith("model.onnx", spec.ModelPath, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_ADecodersFolder_Not() => Assert.False(EmbeddingFolder.Is(RepositoryFiles.SmolLm2));

    [Fact]
    public void Read_OnnxFolderAndOtherPooling_AreTaken()
    {
        Write("modules.json", Modules);
        Write("1_Pooling/config.json", """{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}""");
        Write("config.json", """{"max_position_embeddings": 512}""");
        Write("onnx/model.onnx", "");

        var spec = EmbeddingFolder.Read(_folder);

        Assert.Equal((Pooling.FirstToken, false, 512), (spec.Pooling, spec.IsNormalized, spec.MaxLength));
    }

    [Theory]
    [InlineData("modules.json", "{}", "must hold a list")]
    [InlineData("modules.json", "[", "modules.json")]
    [InlineData("modules.json", "[3]", "must hold an object")]
    [InlineData("modules.json", """[{"path": "", "type": "x.Dense"}]""", "modules of type Dense are not supported")]
    [InlineData("modules.json", """[{"path": "../up", "type": "x.Pooling"}]""", "must lie within the folder")]
    [InlineData("modules.json", """[{"path": "/etc", "type": "x.Pooling"}]""", "must lie within the folder")]
    [InlineData("modules.json", """[{"type": "x.Pooling"}]""", "'path' must be a string")]
    [InlineData("1_Pooling/config.json", "{}", "exactly one of pooling_mode_mean_tokens")]
    [InlineData("1_Pooling/config.json", """{"pooling_mode_mean_tokens": true, "pooling_mode_cls_token": true}""", "exactly one of")]
    [InlineData("config.json", """{"max_position_embeddings": 0}""", "'max_position_embeddings' must be a whole number from 1")]
    [InlineData("config.json", "{}", "how long a text may be")]
    [InlineData("model.onnx", null, "has no model.onnx")]
    public void Read_Malformed_NamesWhatIsWrong(string file, string? content, string message)
    {
        Write("modules.json", Modules);
        Write("1_Pooling/config.json", """{"pooling_mode_mean_tokens": true}""");
        Write("config.json", """{"max_position_embeddings": 512}""");
        Write("model.onnx", "");
        if (content is null)
        {
            File.Delete(Path.Combine(_folder, file));
        }
        else
        {
            Write(file, content);
        }

        var exception = Assert.Throws<ModelFormatException>(() => EmbeddingFolder.Read(_folder));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.StartsWith(_folder, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Load_NotOnnx_NamesTheFile()
    {
        Write("model.onnx", "nonsense");
        var spec = new EmbeddingSpec { ModelPath = Path.Combine(_folder, "model.onnx"), Pooling = Pooling.Mean, IsNormalized = true, MaxLength = 8 };

        Assert.StartsWith(spec.ModelPath, Assert.Throws<ModelFormatException>(() => OnnxEmbeddingModel.Load(spec, 1, sharesCores: false)).Message, StringComparison.Ordinal);
    }

    private void Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}
